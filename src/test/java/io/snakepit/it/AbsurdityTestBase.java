package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.testing.RecordedLog;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Base of tests that send a running host what makes no sense, and check after each that it serves
 * as before and has logged no stack trace. Its one tool takes whatever arguments there are.
 */
abstract class AbsurdityTestBase {
  static final int FIVE_MB = 5_000_000;

  private static final String ADAPTER =
      """
      from snakepit import tool

      @tool
      def ping(**args: object) -> str:
          return "pong"
      """;

  @RegisterExtension static final RecordedLog LOG = new RecordedLog();
  @TempDir static Path directory;
  static RunningSnakepit running;

  @BeforeAll
  static void startHost() {
    String module = TestAdapters.write(directory, "absurd", ADAPTER);
    running = RunningSnakepit.start(directory, module, new JsonObject());
  }

  @AfterAll
  static void stopHost() {
    running.close();
  }

  @AfterEach
  void nothingHasSuffered() {
    LOG.assertNoStackTrace();
    RunningSnakepit.await(running.snakepit().pool("default").resume());
    assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
  }
}
