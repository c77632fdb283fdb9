package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A worker that has no memory for a body answers so and goes on, by the limit that needs no cgroup.
 * Fails if the worker does not drop what it can't hold: it ends, and so does the next.
 */
class HostileBodiesIT {
  private static final String ADAPTER =
      """
      from snakepit import Adapter, tool

      class Sizes(Adapter):
          thread_safe = True

          @tool
          def size(self, body: bytes) -> int:
              return len(body)

          @tool
          async def size_async(self, body: bytes) -> int:
              return len(body)

          @tool
          def keys(self, **values: object) -> int:
              return len(values)
      """;

  private static final Buffer LARGE = Buffer.buffer(new byte[60_000_000]);

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  @ParameterizedTest
  @CsvSource({
    "process, forkserver, size",
    "process, spawn, size_async",
    "thread, forkserver, size",
    "async, forkserver, size_async",
  })
  void whatAWorkerCannotHoldIsAnsweredAndTheWorkerGoesOn(
      String profile, String method, String tool) {
    JsonObject pool =
        new JsonObject()
            .put("profile", profile)
            .put("startMethod", method)
            .put("size", 2)
            .put("limits", new JsonObject().put("memoryBytes", 80_000_000));
    String module = TestAdapters.write(directory, "sizes", ADAPTER);
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      List<Long> before = Pools.settledPids(running);
      for (int i = 0; i < 3; i++) {
        assertTooLarge(running.failure(Call.of(tool).body(LARGE, "application/octet-stream")));
        assertTooLarge(running.failure(Call.of("keys").with("text", "x".repeat(60_000_000))));
      }
      Call small = Call.of(tool).body(Buffer.buffer("small"), "application/octet-stream");
      assertThat(running.call(small)).isEqualTo(5);
      assertThat(await(running.snakepit().stream(small).handler(chunk -> {}).end()).chunks())
          .isEqualTo(1);
      assertThat(Pools.pids(running)).isEqualTo(before);
    }
  }

  private static void assertTooLarge(SnakepitException refusal) {
    assertThat(refusal.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
    assertThat(refusal.details().getLong("bytes")).isBetween(60_000_000L, 60_000_100L);
    assertThat(refusal.details().getLong("memoryBytes")).isPositive();
    assertThat(refusal.detail()).contains("limits.memoryBytes").contains("60000");
  }
}
