package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.Result;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers on the pool's own event loop, whose handlers throw: nobody else is to suffer. */
class ThrowingHandlersIT {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  /** Fails if what they throw is taken for a fault of the pool's, whose workers then all end. */
  @Test
  void thePoolGoesOn() {
    TestAdapters.write(
        directory,
        "waiting",
        """
        import os, threading
        from snakepit import tool
        gone = threading.Event()
        @tool
        def pid() -> int:
            return os.getpid()
        @tool
        def refuse() -> None:
            raise ValueError("no")
        @tool
        def until(path: str) -> int:
            while not os.path.exists(path):
                gone.wait(0.02)
            return os.getpid()
        """);
    JsonObject pool = new JsonObject().put("size", 2);
    try (RunningSnakepit running = RunningSnakepit.start(directory, "waiting", pool)) {
      Path file = directory.resolve("go-on");
      Future<Result> other =
          running.snakepit().execute(Call.of("until").with("path", file.toString()));
      Pools.awaitRunning(running, 1);
      Object before = running.call(Call.of("pid"));

      throwAt(running.snakepit(), "pid");
      throwAt(running.snakepit(), "refuse");
      throwInStream(running.snakepit());
      throwAnywhere(running.snakepit());

      assertThat(running.call(Call.of("pid"))).isEqualTo(before);
      assertThat(file.toFile().mkdir()).isTrue();
      assertThat(RunningSnakepit.await(other).json()).isNotEqualTo(before);
      assertThat(Pools.pool(running).getJsonObject("counters").getLong("restarts")).isZero();
    }
  }

  private static void throwAt(Snakepit snakepit, String tool) {
    Promise<Void> done = Promise.promise();
    snakepit
        .poolContext("default")
        .runOnContext(
            go ->
                snakepit
                    .execute(Call.of(tool))
                    .onComplete(
                        over -> {
                          done.complete();
                          throw new IllegalStateException("a fault of the caller's");
                        }));
    RunningSnakepit.await(done.future());
  }

  private static void throwInStream(Snakepit snakepit) {
    Promise<Void> done = Promise.promise();
    snakepit
        .poolContext("default")
        .runOnContext(
            go -> {
              ChunkStream stream = snakepit.stream(Call.of("pid"));
              stream.end().onComplete(over -> done.complete());
              stream.handler(
                  chunk -> {
                    throw new IllegalStateException("a fault of the consumer's");
                  });
            });
    RunningSnakepit.await(done.future());
  }

  private static void throwAnywhere(Snakepit snakepit) {
    Context context = snakepit.poolContext("default");
    context.runOnContext(
        go -> {
          throw new IllegalStateException("a fault of somebody's");
        });
    Promise<Void> done = Promise.promise();
    context.runOnContext(after -> done.complete());
    RunningSnakepit.await(done.future());
  }
}
