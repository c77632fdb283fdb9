package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.bus.PoolClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A door that can't open leaves alone what is not its own. */
class SecondDoorTest extends DoorTestBase {

  /** Fails where the timer of no number is cancelled, which is the first that anybody has set. */
  @Test
  void leavesTheTimersOfItsApplicationAlone() throws Exception {
    Vertx application = Vertx.vertx();
    try {
      AtomicLong ticks = new AtomicLong();
      application.setPeriodic(1, tick -> ticks.incrementAndGet());
      int port = freePort();
      await(
          application
              .createHttpServer()
              .requestHandler(request -> request.response().end())
              .listen(port, "127.0.0.1"));
      PoolClient pools = new PoolClient(application.eventBus(), () -> false);
      HttpVerticle second = new HttpVerticle(options(port), executor, pools, null);
      assertThatThrownBy(() -> await(application.deployVerticle(second)))
          .hasMessageContaining("listens there already");
      long before = ticks.get();
      Awaitility.await().until(() -> ticks.get() > before + 1);
    } finally {
      await(application.close());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
