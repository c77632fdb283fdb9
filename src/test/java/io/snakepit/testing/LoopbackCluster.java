package io.snakepit.testing;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.TimeUnit;

/** Vert.x instances of several JVMs as one cluster, on this machine alone. */
public final class LoopbackCluster {
  private static final String HOST = "127.0.0.1";

  private LoopbackCluster() {}

  /**
   * Joins, or begins, a cluster. Blocks.
   *
   * @param port this member's, free
   * @param first the port of the member that began it; its own for that one
   */
  public static Vertx join(int port, int first) throws Exception {
    Config config = new Config().setClusterName("snakepit-test-" + first);
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false");
    config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(HOST);
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).addMember(HOST + ":" + first);
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventBusOptions(new EventBusOptions().setHost(HOST)))
        .withClusterManager(new HazelcastClusterManager(config))
        .buildClustered()
        .toCompletionStage()
        .toCompletableFuture()
        .get(120, TimeUnit.SECONDS);
  }
}
