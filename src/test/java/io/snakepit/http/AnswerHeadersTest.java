package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.bus.Addresses;
import io.snakepit.bus.Codecs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer says that it is no other type than it says; {@code HEAD} is {@code GET} unsaid. */
class AnswerHeadersTest extends DoorTestBase {
  private static final int LARGE = 3 * BodyWriter.PIECE_BYTES;

  @Override
  List<String> apiKeys() {
    return keys;
  }

  private List<String> keys = List.of();

  @BeforeEach
  void answerQuestions() {
    Codecs.register(vertx.eventBus());
    JsonObject worker = new JsonObject().put("worker", "main-1").put("pool", "main");
    answer(Addresses.POOLS, new JsonArray().add(new JsonObject().put("pool", "main")));
    answer(Addresses.WORKERS, new JsonArray().add(worker));
    answer(Addresses.TOOLS, new JsonArray().add("x".repeat(LARGE)));
  }

  private void answer(String address, Object reply) {
    vertx.eventBus().localConsumer(address, message -> message.reply(reply));
  }

  private static void assertNoSniff(Probe.Answer answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void everyAnswerForbidsToGuessItsType() throws Exception {
    assertNoSniff(probe.post(ECHO, "{}", JSON), 200);
    assertNoSniff(probe.post("/v1/execute", "{\"tool\":\"echo\"}", JSON), 200);
    assertNoSniff(probe.post("/v1/execute", "{", JSON), 400);
    assertNoSniff(probe.ask("DELETE", "/v1/calls/c-1"), 202);
    assertNoSniff(probe.ask("GET", "/v1/pools"), 200);
    assertNoSniff(probe.ask("OPTIONS", "/v1/pools"), 204);
    assertNoSniff(probe.ask("GET", "/health/live"), 200);
    assertNoSniff(probe.ask("GET", "/health/ready"), 503);
    assertNoSniff(probe.ask("GET", "/nowhere"), 404);
    assertNoSniff(probe.ask("GET", ECHO), 405);
    assertNoSniff(probe.ask("GET", "/v1/pools", "Origin: null"), 403);
    executor.streamsBehave(stream -> stream.end(0));
    for (String type : List.of("text/event-stream", "application/x-ndjson")) {
      assertNoSniff(probe.post(ECHO, "{}", JSON, "Accept: " + type), 200);
    }
    assertNoSniff(probe.post(ECHO, new byte[MAX_BODY + 1], JSON), 413);
    try (Probe other = connect()) {
      other.send("nonsense\r\n\r\n");
      assertNoSniff(other.answer(), 400);
    }
  }

  @Test
  void soDoesTheAnswerToStrangers() throws Exception {
    keys = List.of("k-1");
    HttpVerticle locked = newDoor(0, null);
    await(vertx.deployVerticle(locked));
    try (Probe stranger = new Probe(locked.actualPort())) {
      assertNoSniff(stranger.ask("GET", "/v1/pools"), 401);
      assertNoSniff(stranger.ask("HEAD", "/v1/pools"), 401);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/pools",
        "/v1/workers",
        "/v1/workers/main-1",
        "/v1/workers/other",
        "/v1/tools",
        "/health/live",
        "/health/ready",
        "/nowhere",
        "/v1/execute",
      })
  void headHasTheHeadersOfGetAndNoBody(String path) throws Exception {
    String id = "Snakepit-Call-Id: c-1";
    Probe.Answer get = probe.ask("GET", path, id);
    Probe.Answer head = probe.ask("HEAD", path, id);
    assertThat(head.status()).isEqualTo(get.status());
    if (get.status() == 405) {
      // The text names the method, so that its length differs.
      return;
    }
    assertThat(without(head, "date")).isEqualTo(without(get, "date"));
    assertThat(head.header("Content-Length")).isEqualTo(String.valueOf(get.body().length));
    // Fails if a body follows: it would be read as the next answer.
    assertThat(probe.ask("GET", "/health/live").status()).isEqualTo(200);
    assertThat(probe.hasBytes()).isFalse();
  }

  private static Map<String, String> without(Probe.Answer answer, String name) {
    Map<String, String> headers = new TreeMap<>(answer.headers());
    headers.remove(name);
    return headers;
  }
}
