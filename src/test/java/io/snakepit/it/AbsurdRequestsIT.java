package io.snakepit.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each route of a running host answers whatever body is sent to it, at once and in plain words. */
class AbsurdRequestsIT extends AbsurdityTestBase {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<String> STREAMS = List.of("text/event-stream", "application/x-ndjson");

  static Stream<String> routes() {
    return Stream.of(
        "POST /v1/execute",
        "POST /v1/pools/default/tools/ping",
        "POST /v1/pools/default/tools/no_such_tool",
        "POST /v1/pools/nosuch/tools/ping",
        "POST /v1/pools/default/drain",
        "POST /v1/pools/default/resume",
        "POST /v1/pools/default/roll",
        "POST /v1/pools/default/resize",
        "POST /v1/pools/nosuch/resize",
        "POST /v1/workers/default-999/recycle",
        "DELETE /v1/workers/default-999",
        "DELETE /v1/calls/none");
  }

  private static List<byte[]> bodies() {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    Stream<String> texts =
        Stream.of(
            "null",
            "5",
            "1.5",
            "true",
            "\"text\"",
            "[]",
            "{",
            "{\"a\":NaN}",
            "{\"size\":" + deep + "}",
            "{\"size\":1e999999999}",
            "{\"size\":" + "7".repeat(1_000_000) + "}",
            "{\"size\":{\"min\":[],\"max\":{}}}",
            "{\"size\":[1,[2,[3]]]}",
            "{\"tool\":" + deep + "}",
            "{\"tool\":\"ping\",\"args\":5}",
            "{\"tool\":\"ping\",\"args\":{\"a\":" + deep + "}}",
            "{\"tool\":\"" + "x".repeat(FIVE_MB) + "\"}",
            "{\"tool\":\"ping\",\"timeoutMs\":\"x\",\"tool\":null}",
            "{\"" + "x".repeat(FIVE_MB) + "\":1}",
            "{\"\\ud800\":\"\\ud800\"}",
            "{} {}",
            "\u0000\u001b[31m");
    return Stream.concat(
            texts.map(text -> text.getBytes(UTF_8)),
            Stream.of(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aBodyThatIsNoneOfTheRoutes(String route) throws Exception {
    for (byte[] body : bodies()) {
      assertClear(route, "application/json", body);
    }
    for (String accept : STREAMS) {
      assertClear(route, accept, bodies().get(0));
    }
  }

  private static void assertClear(String route, String accept, byte[] body) throws Exception {
    String[] parts = route.split(" ", 2);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + running.snakepit().httpPort() + parts[1]))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .header("Accept", accept)
            .method(parts[0], BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
    String sent = new String(body, 0, Math.min(80, body.length), UTF_8);
    if (isPlain(route, answer)) {
      return;
    }
    assertThat(answer.statusCode()).as("%s %s", route, sent).isIn(400, 404, 413);
    assertThat(answer.body())
        .hasSizeLessThan(1_500)
        .startsWith("{\"type\":\"urn:snakepit:error:")
        .satisfies(PlainWords::assertSaidBy);
  }

  /** Returns whether the tool took a body: any object is one that it takes. */
  private static boolean isPlain(String route, HttpResponse<String> answer) {
    return route.endsWith("/tools/ping") && answer.body().equals("\"pong\"");
  }
}
