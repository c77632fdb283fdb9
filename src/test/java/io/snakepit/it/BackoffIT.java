package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.bus.Addresses;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A delayed start of a worker can be called off before its time. */
class BackoffIT extends PressureTestBase {
  private RunningSnakepit startWithPauses(int size, long milliseconds) {
    JsonObject restart = new JsonObject().put("backoffMs", new JsonArray().add(milliseconds));
    return start(new JsonObject().put("size", size).put("restart", restart));
  }

  private static void crash(RunningSnakepit running) {
    assertThat(running.failure(Call.of("crash")).code()).isEqualTo(ErrorCode.WORKER_CRASHED);
  }

  /** Fails if EffectRunner does not tell the pool that such a worker is not to come. */
  @Test
  void aStopDoesNotWaitForThem() {
    try (RunningSnakepit running = startWithPauses(1, 3_600_000)) {
      crash(running);
      await(running.snakepit().stop());
    }
  }

  /** Fails if EffectRunner leaves the timer be: nobody would know the worker that it starts. */
  @Test
  void oneThatIsNotNeededAnyMoreIsNotStarted() {
    try (RunningSnakepit running = startWithPauses(2, 500)) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      crash(running);
      running.ask(Addresses.resize("default"), new JsonObject().put("size", 1));
      crash(running);
      events.await(Event.WORKER_READY);
      assertThat(events.of(Event.WORKER_STARTING)).hasSize(1);
    }
  }
}
