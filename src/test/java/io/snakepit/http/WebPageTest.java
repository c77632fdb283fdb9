package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Web pages that a developer opens can have a browser send to loopback what no preflight is needed
 * for. Seen red before {@code Origin} was looked at: 200, and the tool ran.
 */
class WebPageTest extends DoorTestBase {
  private static final String FRIEND = "https://app.example";
  private static final String FOREIGN = "Origin: https://evil.example";
  private static final String CHUNKED = "Transfer-Encoding: chunked";

  @Override
  JsonObject settings() {
    JsonObject cors = new JsonObject().put("allowedOrigins", new JsonArray().add(FRIEND));
    return super.settings().put("cors", cors);
  }

  /** All kinds of routes, those that there are not included. */
  static Stream<Arguments> routes() {
    return Stream.of(
        Arguments.of("POST", "/v1/execute", List.of("Content-Type: text/plain")),
        Arguments.of("POST", "/v1/execute", List.of(JSON)),
        Arguments.of("POST", ECHO, List.of("Content-Type: text/plain")),
        Arguments.of("POST", ECHO, List.of()),
        Arguments.of("POST", ECHO, List.of("Content-Type: image/png")),
        Arguments.of("POST", ECHO, List.of(JSON, "Accept: text/event-stream")),
        Arguments.of("POST", ECHO, List.of(JSON, "Accept: application/x-ndjson")),
        Arguments.of("POST", "/v1/pools/default/drain", List.of()),
        Arguments.of("POST", "/v1/pools/default/resume", List.of(JSON)),
        Arguments.of("POST", "/v1/pools/default/resize", List.of(JSON)),
        Arguments.of("POST", "/v1/pools/default/roll", List.of()),
        Arguments.of("POST", "/v1/workers/default-1/recycle", List.of()),
        Arguments.of("DELETE", "/v1/workers/default-1", List.of()),
        Arguments.of("DELETE", "/v1/calls/c-1", List.of()),
        Arguments.of("GET", "/v1/pools", List.of()),
        Arguments.of("GET", "/v1/workers/default-1", List.of()),
        Arguments.of("GET", "/v1/tools", List.of()),
        Arguments.of("GET", "/health/live", List.of()),
        Arguments.of("GET", "/health/ready", List.of()),
        Arguments.of("GET", "/metrics", List.of()),
        Arguments.of("GET", "/nowhere", List.of()),
        Arguments.of("PUT", ECHO, List.of()),
        Arguments.of("GET", "/health/live", List.of("Content-Encoding: gzip")),
        Arguments.of("OPTIONS", ECHO, List.of()),
        Arguments.of("OPTIONS", ECHO, List.of("Access-Control-Request-Method: POST")),
        Arguments.of("OPTIONS", "/nowhere", List.of()));
  }

  private Probe.Answer ask(String method, String path, List<String> headers, String... more)
      throws Exception {
    List<String> all = new ArrayList<>(headers);
    all.addAll(List.of(more));
    if (!method.equals("POST")) {
      return probe.ask(method, path, all.toArray(String[]::new));
    }
    return probe.post(path, "{\"tool\":\"echo\"}", all.toArray(String[]::new));
  }

  private void assertForbidden(Probe.Answer answer, String key) {
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.json().getString("code")).isEqualTo("FORBIDDEN");
    assertThat(answer.json().getString("detail")).contains(key);
    assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    assertThat(executor.waiting()).isZero();
    assertThat(executor.cancelled()).isZero();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void refusesPagesOfOtherSitesAtEveryRoute(String method, String path, List<String> headers)
      throws Exception {
    executor.takeUploads();
    assertForbidden(ask(method, path, headers, FOREIGN), "http.cors.allowedOrigins");
    assertForbidden(ask(method, path, headers, "Origin: null"), "http.cors.allowedOrigins");
  }

  @ParameterizedTest
  @MethodSource("routes")
  void refusesNamesOfOthersAtEveryRoute(String method, String path, List<String> headers)
      throws Exception {
    executor.takeUploads();
    assertForbidden(
        ask(method, path, headers, "Host: evil.example:8080", "Origin: http://evil.example:8080"),
        "http.allowedHosts");
    assertForbidden(ask(method, path, headers, "Host: evil.example"), "http.allowedHosts");
  }

  @Test
  void neverAsksForTheBodyOfPagesOfOtherSites() throws Exception {
    executor.takeUploads();
    probe.send(
        Probe.head(
                "POST", ECHO, "Content-Type: image/png", FOREIGN, CHUNKED, "Expect: 100-continue")
            + "\r\n");
    assertForbidden(probe.answer(), "http.cors.allowedOrigins");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin:",
        "Origin: localhost",
        "Origin: http://localhost/",
        "Origin: http://localhost:3000",
        "Origin: http://127.0.0.1",
        "Origin: http://app.example",
        "Origin: https://app.example:444",
        "Origin: https://app.example.evil.example",
        "Origin: https://x.app.example",
        "Origin: https://app.example https://app.example",
        "Origin: http://localhost\r\nOrigin: http://localhost",
        "Origin: https://app.example\r\nOrigin: https://evil.example",
      })
  void refusesWhateverIsNotExactlyTheHostOrAllowed(String origin) throws Exception {
    assertForbidden(probe.post(ECHO, "{}", JSON, origin), "http.cors.allowedOrigins");
  }

  @Test
  void repeatsNoMoreThanTheStartOfLongOrigin() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Origin: http://" + "x".repeat(5_000));
    assertForbidden(answer, "http.cors.allowedOrigins");
    assertThat(answer.text()).doesNotContain("x".repeat(200));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, http://localhost",
    "LOCALHOST., http://localhost",
    "localhost:8080, http://LocalHost.:8080",
    "127.0.0.1:8080, http://127.0.0.1:8080",
    "[::1]:8080, http://[0:0:0:0:0:0:0:1]:8080",
    "app.localhost:80, http://app.localhost",
  })
  void servesItsOwnPages(String host, String origin) throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON, "Host: " + host, "Origin: " + origin);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    assertThat(answer.header("Vary")).isEqualTo("Origin");
  }

  /** Sends what curl, proxies and other services send. */
  @Test
  void servesWhoeverIsNoPage() throws Exception {
    Probe.Answer answer = probe.post(ECHO, "{}", JSON);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    // A cache may not hand this to a page.
    assertThat(answer.header("Vary")).isEqualTo("Origin");
  }

  private static void assertReadable(Probe.Answer answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(FRIEND);
    assertThat(answer.header("Access-Control-Expose-Headers"))
        .contains("Snakepit-Call-Id", "Retry-After");
    assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
    assertThat(answer.header("Vary")).isEqualTo("Origin");
  }

  @Test
  void letsAllowedPagesReadAnswersErrorsAndStreams() throws Exception {
    String origin = "Origin: " + FRIEND;
    assertReadable(probe.post(ECHO, "{}", JSON, origin), 200);
    assertReadable(probe.post("/v1/execute", "{\"tool\":\"echo\"}", JSON, origin), 200);
    assertReadable(probe.post("/v1/execute", "{", JSON, origin), 400);
    assertReadable(probe.post("/v1/execute", "{}", "Content-Type: text/plain", origin), 415);
    assertReadable(probe.ask("GET", "/nowhere", origin), 404);
    assertReadable(probe.ask("GET", "/v1/execute", origin), 405);
    assertReadable(probe.ask("GET", "/health/live", origin), 200);
    executor.streamsBehave(stream -> stream.end(0));
    for (String type : List.of("text/event-stream", "application/x-ndjson")) {
      assertReadable(probe.post(ECHO, "{}", JSON, origin, "Accept: " + type), 200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ECHO, "/v1/execute", "/v1/pools/default/drain", "/nowhere"})
  void answersThePreflightOfAllowedPages(String path) throws Exception {
    Probe.Answer answer =
        probe.ask(
            "OPTIONS",
            path,
            "Origin: " + FRIEND,
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization,content-type,snakepit-session",
            "Access-Control-Request-Private-Network: true");
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(FRIEND);
    assertThat(answer.header("Access-Control-Allow-Methods")).contains("POST", "DELETE", "PUT");
    assertThat(answer.header("Access-Control-Allow-Headers"))
        .contains("Authorization", "Content-Type", "Snakepit-Session", "Snakepit-Timeout-Ms");
    assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("600");
    assertThat(answer.header("Access-Control-Allow-Private-Network")).isEqualTo("true");
    assertThat(answer.header("Vary"))
        .contains("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers");
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void takesOptionsOfItsOwnPagesForNoPreflight() throws Exception {
    Probe.Answer answer =
        probe.ask(
            "OPTIONS", ECHO, "Origin: http://localhost", "Access-Control-Request-Method: POST");
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Allow")).isEqualTo("OPTIONS, POST");
    assertThat(answer.header("Access-Control-Allow-Methods")).isNull();
  }
}
