package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Names of any length come by every door, and no worker ends of one. Fails if {@code Call} takes
 * any name: its header is then longer than workers accept, and worker after worker dies of it.
 */
class HostileNamesIT {
  private static final int LONG = 66_000;
  private static final int LARGE = 5_000_000;

  @TempDir static Path directory;
  private static RunningSnakepit running;

  @RegisterExtension
  static final UnhurtWorkers WORKERS =
      new UnhurtWorkers(() -> running, Call.of("add").with("a", 1).with("b", 2), 3);

  @BeforeAll
  static void start() {
    running =
        RunningSnakepit.start(
            directory, "snakepit.adapters.showcase", new JsonObject().put("size", 2));
  }

  @AfterAll
  static void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  @ParameterizedTest
  @CsvSource({"tool", "pool", "session", "call"})
  void overTheBus(String key) {
    for (String address : List.of("snakepit.execute", "snakepit.stream")) {
      for (int length : new int[] {LONG, LARGE}) {
        JsonObject body = new JsonObject().put("tool", "ping").put(key, "x".repeat(length));
        if (address.endsWith("stream")) {
          body.put("replyTo", "nobody");
        }
        assertRefused(Pools.failureOf(running.vertx().eventBus().request(address, body)));
      }
    }
  }

  @Test
  void inJava() {
    for (int length : new int[] {LONG, LARGE}) {
      String name = "x".repeat(length);
      Call call = Call.of("ping");
      assertThatThrownBy(() -> Call.of(name)).satisfies(e -> assertRefused(e));
      assertThatThrownBy(() -> call.pool(name)).satisfies(e -> assertRefused(e));
      assertThatThrownBy(() -> call.session(name)).satisfies(e -> assertRefused(e));
      assertThatThrownBy(() -> call.id(name)).satisfies(e -> assertRefused(e));
      assertThatThrownBy(() -> call.body(Buffer.buffer("b"), name))
          .satisfies(e -> assertRefused(e));
    }
  }

  @ParameterizedTest
  @CsvSource({"tool", "pool", "session"})
  void overHttp(String key) throws Exception {
    for (int length : new int[] {LONG, LARGE}) {
      for (String accept : List.of("application/json", "application/x-ndjson")) {
        String body = new JsonObject().put("tool", "ping").put(key, "x".repeat(length)).encode();
        HttpRequest request =
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:%d/v1/execute".formatted(running.snakepit().httpPort())))
                .header("Content-Type", "application/json")
                .header("Accept", accept)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer =
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).hasSizeLessThan(1_000).contains("INVALID_REQUEST");
      }
    }
  }

  private static void assertRefused(Throwable refusal) {
    assertThat(((SnakepitException) refusal).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal.getMessage()).hasSizeLessThan(420);
  }
}
