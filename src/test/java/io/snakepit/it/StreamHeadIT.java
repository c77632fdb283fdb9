package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stream.headAfterMs} of the pool that is called reaches its streams over HTTP. */
class StreamHeadIT {
  private static final String ADAPTER =
      """
      import pathlib, time
      from snakepit import tool

      @tool
      def patient(path: str):
          while not pathlib.Path(path).exists():
              time.sleep(0.01)
          yield 1
      """;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private static String url(RunningSnakepit running) {
    int port = running.snakepit().httpPort();
    return "http://127.0.0.1:%d/v1/pools/default/tools/patient".formatted(port);
  }

  /** Fails if the key does not reach the door: the head then comes after 5 s, with the chunk. */
  @Test
  void aToolThatYieldsLateHasItsHeadBeforeItsChunk() throws Exception {
    String module = TestAdapters.write(directory, "patients", ADAPTER);
    JsonObject stream = new JsonObject().put("headAfterMs", 50);
    Path sign = directory.resolve("go");
    try (RunningSnakepit running =
        RunningSnakepit.start(directory, module, new JsonObject().put("stream", stream))) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url(running)))
              .header("Content-Type", "application/json")
              .header("Accept", "application/x-ndjson")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      new JsonObject().put("path", sign.toString()).encode()))
              .build();
      HttpResponse<Stream<String>> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
      // The head is here, and the tool has not yielded: it waits for this.
      assertThat(answer.statusCode()).isEqualTo(200);
      Files.createFile(sign);
      assertThat(answer.body().toList().get(0)).isEqualTo("1");
    }
  }
}
