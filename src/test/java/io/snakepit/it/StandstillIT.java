package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RecordedLog;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** L7: one call blocks the event loop that all calls of its worker share. */
class StandstillIT {
  private static final String MODULE =
      """
      import asyncio, os, time
      from snakepit import tool

      @tool
      async def block(seconds: float) -> None:
          time.sleep(seconds)

      @tool
      async def block_in_task(seconds: float) -> None:
          await asyncio.create_task(block(seconds))

      @tool
      async def hold_lock(seconds: float) -> None:
          end = time.monotonic() + seconds
          any(map(end.__lt__, iter(time.monotonic, None)))

      @tool
      async def compute(seconds: float) -> None:
          for _ in range(10):
              await hold_lock(seconds / 10)

      @tool
      async def wait(seconds: float) -> int:
          await asyncio.sleep(seconds)
          return os.getpid()

      @tool
      async def wait_once(path: str) -> int:
          try:
              os.close(os.open(path, os.O_CREAT | os.O_EXCL))
          except FileExistsError:
              return os.getpid()
          await asyncio.sleep(600)
          return 0
      """;

  /** Neighbours would wait for 600 s: half a minute is soon, however busy the machine. */
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;
  @RegisterExtension final RecordedLog log = new RecordedLog();

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private RunningSnakepit start() {
    return RunningSnakepit.start(
        directory,
        TestAdapters.write(directory, "blocking", MODULE),
        new JsonObject()
            .put("profile", "async")
            .put("concurrency", 8)
            .put("executeTimeoutMs", 700_000)
            .put("cancelGraceMs", 500));
  }

  private static Future<Result> begin(RunningSnakepit running, Call call) {
    return running.snakepit().execute(call);
  }

  /** Fails if it is not interrupted, or if what interrupts it hurts others. */
  @Test
  void aCallThatBlocksTheLoopIsInterruptedAtItsDeadlineAndNobodyElseIsHurt() {
    try (RunningSnakepit running = start()) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      Future<Result> neighbour = begin(running, Call.of("wait").with("seconds", 3));
      Call block = Call.of("block").with("seconds", 600).timeoutMs(1_000);
      assertThat(running.failure(block).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      assertThat(RunningSnakepit.await(neighbour).json())
          .isEqualTo(running.call(Call.of("wait").with("seconds", 0)));
      assertThat(events.of(Event.WORKER_KILLED)).isEmpty();
    }
  }

  /** A task of its own can't be interrupted: it may be anybody's. Fails if the others wait. */
  @Test
  void whereItCannotBeInterruptedTheOthersAreAnsweredSoon() {
    loses(Call.of("block_in_task"));
  }

  /** Fails if the host waits for a word of the worker, in which nothing can say one. */
  @Test
  void whereItHoldsTheInterpretersLockTheOthersAreAnsweredSoon() {
    loses(Call.of("hold_lock"));
  }

  private void loses(Call blocking) {
    try (RunningSnakepit running = start()) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      Future<Result> neighbour = begin(running, Call.of("wait").with("seconds", 600));
      String path = directory.resolve("begun").toString();
      Call again = Call.of("wait_once").with("path", path).idempotent(true);
      Future<Result> moving = begin(running, again);
      await().atMost(SOON).until(() -> Path.of(path).toFile().exists());
      long begun = System.nanoTime();
      Call call = blocking.with("seconds", 600).timeoutMs(1_000);
      assertThat(running.failure(call).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      SnakepitException lost = Pools.failureOf(neighbour);
      assertThat(lost.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
      assertThat(lost.getMessage()).contains("event loop stood still for more than 500 ms");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
      assertThat((Integer) RunningSnakepit.await(moving).json()).isPositive();
      assertThat(events.await(Event.WORKER_KILLED).getString("reason")).contains(call.tool());
      assertThat(events.of(Event.HEARTBEAT_TIMEOUT)).isEmpty();
    }
  }

  /** Fails if a loop is looked at only when somebody's time is over. */
  @Test
  void aBlockingCallIsToldOfWithItsStackLongBeforeItsDeadline() {
    isToldOf(Call.of("block").with("seconds", 2.5), "time.sleep(seconds)");
  }

  /** Fails if only that time counts in which the worker could look. */
  @Test
  void codeThatHoldsTheInterpretersLockIsToldOfWhenItLetsGoOfIt() {
    isToldOf(Call.of("compute").with("seconds", 8), "await hold_lock(seconds / 10)");
  }

  private void isToldOf(Call call, String place) {
    try (RunningSnakepit running = start()) {
      String told = "tool " + call.tool() + " (call call-7) has kept the event loop of";
      Future<Result> blocking = begin(running, call.id("call-7"));
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(log.warnings())
                      .anyMatch(
                          line ->
                              line.contains(told)
                                  && line.contains(place)
                                  && !line.contains("snakepit/_")));
      RunningSnakepit.await(blocking);
    }
  }
}
