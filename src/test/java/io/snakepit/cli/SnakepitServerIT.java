package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server behind {@code serve}, with real workers. */
class SnakepitServerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private SnakepitServer server(String python, boolean http) {
    JsonObject pool = new JsonObject().put("python", python).put("size", 1);
    JsonObject configuration =
        new JsonObject()
            .put("http", new JsonObject().put("enabled", http))
            .put("pools", new JsonObject().put("default", pool));
    return new SnakepitServer(RunningSnakepit.options(folder, configuration));
  }

  @Test
  void tellsItsAddressAndPoolsUntilItIsStopped() {
    SnakepitServer server = server(TestPython.executable().toString(), true);
    server.start().join();

    assertThat(server.url()).matches("http://127\\.0\\.0\\.1:[0-9]+");
    assertThat(server.pools(PATIENCE).getJsonObject(0).getInteger("ready")).isEqualTo(1);

    server.stop(PATIENCE);
    assertThatThrownBy(() -> server.pools(PATIENCE)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void hasNoAddressWithoutHttp() {
    SnakepitServer server = server(TestPython.executable().toString(), false);
    server.start().join();
    try {
      assertThat(server.url()).isEmpty();
    } finally {
      server.stop(PATIENCE);
    }
  }

  @Test
  void aFailedStartTellsWhyAndCanBeStopped() {
    SnakepitServer server = server("/nonexistent/python3", true);

    assertThatThrownBy(() -> server.start().join())
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("/nonexistent/python3");

    server.stop(PATIENCE);
  }
}
