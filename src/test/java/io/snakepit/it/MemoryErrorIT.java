package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same end as in {@link OutOfMemoryIT}, by an error that says so, within this JVM. */
class MemoryErrorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  /** Fails if calls that run, that wait or that come later are not answered, or workers live on. */
  @Test
  void whatRunsWaitsAndComesIsAnsweredAndNoWorkerIsLeft() {
    List<Throwable> told = new CopyOnWriteArrayList<>();
    OutOfMemoryError error = new OutOfMemoryError("injected by a test");
    try (RunningSnakepit running =
        RunningSnakepit.start(directory, "snakepit.adapters.showcase", new JsonObject())) {
      running.snakepit().onOutOfMemory(told::add);
      Call sleep = Call.of("sleep").with("seconds", 60);
      Future<Result> runs = running.snakepit().execute(sleep);
      Future<Result> waits = running.snakepit().execute(sleep);

      running
          .snakepit()
          .poolContext("default")
          .runOnContext(
              here -> {
                throw error;
              });

      assertThat(List.of(code(runs), code(waits))).containsOnly(ErrorCode.INTERNAL);
      assertThat(running.failure(Call.of("ping")).code()).isEqualTo(ErrorCode.INTERNAL);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(told).containsExactly(error));
      Leftovers.assertNoProcess(directory);
    }
  }

  private static ErrorCode code(Future<Result> call) {
    try {
      RunningSnakepit.await(call);
    } catch (RunningSnakepit.FailedException e) {
      return ((SnakepitException) e.getCause()).code();
    }
    throw new AssertionError("should have failed");
  }
}
