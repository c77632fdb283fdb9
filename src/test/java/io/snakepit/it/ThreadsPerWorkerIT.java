package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real workers, and how many threads their libraries are told to compute with. */
class ThreadsPerWorkerIT {
  private static final String ADAPTER =
      """
      import os

      from snakepit import tool

      ON_IMPORT = os.environ.get("OPENBLAS_NUM_THREADS")


      @tool
      def told() -> list[str | None]:
          return [ON_IMPORT, *(os.environ.get(f"{name}_NUM_THREADS") for name in ("OMP", "NUMBA"))]
      """;

  @TempDir static Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"forkserver", "spawn"})
  void autoSharesTheProcessorsAmongAllWorkersThatThePoolMayHave(String startMethod) {
    JsonObject size = new JsonObject().put("min", 1).put("max", 2);
    JsonObject pool = new JsonObject().put("size", size).put("startMethod", startMethod);

    String each = Integer.toString(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    assertThat(told(pool)).isEqualTo("[\"%1$s\",\"%1$s\",\"%1$s\"]".formatted(each));
  }

  @Test
  void variableOfThePoolWinsOverItsNumber() {
    JsonObject environment = new JsonObject().put("NUMBA_NUM_THREADS", "5");
    JsonObject pool =
        new JsonObject().put("size", 1).put("threadsPerWorker", 3).put("env", environment);

    assertThat(told(pool)).isEqualTo("[\"3\",\"3\",\"5\"]");
  }

  private static String told(JsonObject pool) {
    String module = TestAdapters.write(directory, "told", ADAPTER);
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      return String.valueOf(running.call(Call.of("told")));
    }
  }
}
