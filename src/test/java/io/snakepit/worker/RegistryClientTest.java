package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.RecordKind;
import io.snakepit.testing.ManualTimers;
import io.snakepit.testing.OnLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of a pool that speaks to a registry which is there, away, or at odds with its disk. */
class RegistryClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(vertx);
  private final RegistryClient client = new RegistryClient(timers.vertx(), "r1", "main");
  private final BlockingQueue<JsonObject> reserved = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private Future<Void> reserve() {
    AtomicReference<Future<Void>> asked = new AtomicReference<>();
    OnLoop.run(loop, () -> asked.set(client.reserve("main-1", RecordKind.WORKER)));
    return asked.get();
  }

  private void deployRegistry() {
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.reserve("r1"),
            message -> {
              reserved.add(message.body());
              message.reply(new JsonObject());
            });
  }

  private void awaitRetry() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1)) // there are hundreds of them
        .atMost(Duration.ofSeconds(20))
        .until(() -> !timers.delays().isEmpty());
    assertThat(timers.delays()).containsExactly(20L);
  }

  /** Fails if a pool can't start workers while its registry is deployed anew. */
  @Test
  void aRegistryThatIsAwayIsAskedAgain() {
    Future<Void> asked = reserve();
    awaitRetry();
    OnLoop.run(loop, timers::fire);
    awaitRetry();
    assertThat(asked.isComplete()).isFalse();
    deployRegistry();
    OnLoop.run(loop, timers::fire);
    asked.await();
    assertThat(reserved)
        .containsExactly(JsonObject.of("name", "main-1", "kind", "worker", "pool", "main"));
    assertThat(timers.delays()).isEmpty();
  }

  /** Fails if a pool waits for ever for a registry that does not come back. */
  @Test
  void aRegistryThatStaysAwayIsAskedFor5SecondsAlone() {
    Future<Void> asked = reserve();
    for (int again = 1; again < 250; again++) {
      awaitRetry();
      OnLoop.run(loop, timers::fire);
    }
    assertThatThrownBy(asked::await)
        .isInstanceOf(ReplyException.class)
        .hasMessageContaining("No handlers");
    assertThat(timers.delays()).isEmpty();
  }

  /** Fails if a full disk is taken for a registry that is away. */
  @Test
  void aRefusalIsNotAskedForAgain() {
    vertx
        .eventBus()
        .localConsumer(
            Addresses.reserve("r1"),
            message -> message.reply(new SnakepitException(ErrorCode.INTERNAL, "disk full")));
    Future<Void> asked = reserve();
    assertThatThrownBy(asked::await).hasMessage("disk full");
    assertThat(timers.delays()).isEmpty();
  }
}
