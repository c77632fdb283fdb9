package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workers stay within limits by the means that need no cgroup: those of a delegated one are tested
 * in Python against a stand-in for its file system.
 */
class LimitsIT {
  private static final String ADAPTER =
      TestAdapters.HOSTILE
          + """

          @tool
          def allocate(mib: int) -> int:
              return len(bytearray(mib << 20)) >> 20

          @tool
          def cpus() -> int:
              return len(os.sched_getaffinity(0))
          """;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private RunningSnakepit start(String method, JsonObject limits) {
    String module = TestAdapters.write(directory, "limited", ADAPTER);
    return RunningSnakepit.start(
        directory, module, new JsonObject().put("startMethod", method).put("limits", limits));
  }

  /** Fails if the keeper's {@code configure} does not carry the limits. */
  @ParameterizedTest
  @ValueSource(strings = {"forkserver", "spawn"})
  void aToolThatWantsTooMuchMemorySeesAMemoryErrorAndTheWorkerGoesOn(String method) {
    try (RunningSnakepit running = start(method, new JsonObject().put("memoryBytes", 256 << 20))) {
      List<Long> before = Pools.settledPids(running);
      SnakepitException error = running.failure(Call.of("allocate").with("mib", 1_024));
      assertThat(error.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
      assertThat(error.python().type()).isEqualTo("MemoryError");
      assertThat(running.call(Call.of("allocate").with("mib", 16))).isEqualTo(16);
      assertThat(Pools.pids(running)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"forkserver, 0.5", "forkserver, 1", "spawn, 1"})
  void processorsAreRoundedUpToWholeOnes(String method, double cpus) {
    try (RunningSnakepit running = start(method, new JsonObject().put("cpus", cpus))) {
      assertThat(running.call(Call.of("cpus"))).isEqualTo(1);
    }
  }
}
