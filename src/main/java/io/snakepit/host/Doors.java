package io.snakepit.host;

import io.snakepit.api.CallExecutor;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.config.Authority;
import io.snakepit.config.HttpOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.eventbus.EventBusVerticle;
import io.snakepit.http.HttpVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The doors of one host: the event bus, and HTTP if it is configured. Opens and closes them, and
 * knows the port that was taken. Any thread may call any method.
 */
final class Doors {
  private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

  private final SnakepitOptions options;
  private final Supervisor supervisor;
  private final PoolNames names;
  private final CallExecutor calls;
  private final PoolClient pools;
  private volatile @Nullable HttpVerticle http;

  /**
   * @param supervisor keeps the doors deployed
   * @param calls runs what comes in by them
   * @param pools asks the pools what else they are asked
   */
  Doors(
      SnakepitOptions options,
      Supervisor supervisor,
      PoolNames names,
      CallExecutor calls,
      PoolClient pools) {
    this.options = options;
    this.supervisor = supervisor;
    this.names = names;
    this.calls = calls;
    this.pools = pools;
  }

  /**
   * Opens all doors, one after the other.
   *
   * @param home the first pool's context: on the same event loop, its calls change no thread
   */
  Future<Void> open(Context home) {
    Future<Void> bus =
        supervisor.deploy(Host.EVENT_BUS, Supervisor.Kind.onItsOwn(() -> makeEventBus(home)));
    if (!options.http().enabled()) {
      return bus;
    }
    warnIfOpenToOthers(options.http());
    return bus.compose(
        open -> supervisor.deploy(Host.HTTP, Supervisor.Kind.onItsOwn(() -> makeHttp(home))));
  }

  /** Closes all doors. Those that are not open are none to close. */
  Future<Void> close() {
    return supervisor.stop(Host.EVENT_BUS).transform(closed -> supervisor.stop(Host.HTTP));
  }

  /**
   * Returns the port that HTTP is served on.
   *
   * @throws IllegalStateException if it is not served
   */
  int httpPort() {
    HttpVerticle door = http;
    if (door == null) {
      throw new IllegalStateException("HTTP is not served: see http.enabled");
    }
    return door.actualPort();
  }

  private EventBusVerticle makeEventBus(Context home) {
    List<String> required =
        names.all().stream()
            .filter(name -> Objects.requireNonNull(options.pools().get(name)).required())
            .toList();
    Health health = new Health(pools, required);
    return new EventBusVerticle(calls, pools, names, health::check, home);
  }

  /** Makes the HTTP door; a replacement listens where the former did, also on a port of chance. */
  private HttpVerticle makeHttp(Context home) {
    HttpVerticle former = http;
    int port = former == null ? options.http().port() : former.actualPort();
    HttpVerticle made = new HttpVerticle(options.http().withPort(port), calls, pools, home);
    http = made;
    return made;
  }

  private static void warnIfOpenToOthers(HttpOptions http) {
    if (isOpenToOthers(http)) {
      LOG.warn(
          "http.host {} can be reached from other machines, and anyone who does can run code: set http.apiKeys",
          http.host());
    }
  }

  /** Returns whether anyone on another machine may call, without a key. */
  static boolean isOpenToOthers(HttpOptions http) {
    Authority host = Authority.ofHost(http.host());
    return http.apiKeys().isEmpty() && (host == null || !host.isLoopback());
  }
}
