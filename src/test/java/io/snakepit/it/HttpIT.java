package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.SnakepitVerticle;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP serves calls to real workers. */
class HttpIT {
  @TempDir static Path directory;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static RunningSnakepit running;

  @BeforeAll
  static void start() {
    String module =
        TestAdapters.write(
            directory,
            "chaos",
            TestAdapters.HOSTILE
                + "\nimport numpy\n@tool\ndef matrix():\n    return numpy.zeros((2, 3))\n"
                + "\nfrom snakepit.adapters.showcase import Showcase as Base\nclass Show(Base):\n    pass\ndel Base\n");
    running = RunningSnakepit.start(directory, module, new JsonObject());
  }

  @AfterAll
  static void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  @Test
  void anEnvelopeIsAnsweredByAnEnvelope() throws Exception {
    HttpResponse<String> answer =
        post("/v1/execute", "{\"tool\":\"add\",\"args\":{\"a\":1,\"b\":2},\"timeoutMs\":5000}");
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonObject body = new JsonObject(answer.body());
    assertThat(body.getInteger("result")).isEqualTo(3);
    assertThat(body.getString("worker")).isEqualTo("default-1");
    assertThat(body.getDouble("durationMs")).isPositive();
  }

  /** Fails if an array is written as JSON, or pickled. */
  @Test
  void anArrayIsAnsweredInItsOwnType() throws Exception {
    HttpResponse<byte[]> answer =
        CLIENT.send(
            request("/v1/pools/default/tools/matrix")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-npy");
    assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1))
        .startsWith("\u0093NUMPY")
        .contains("'shape': (2, 3)");
  }

  /** E6. */
  @Test
  void bodiesPassUntouchedInBothDirections() throws Exception {
    String json =
        "{\"big\":123456789012345678901234567890,\"none\":null,\"deep\":[{\"a\":{}},[],[[1.5]]],\"text\":\"Gr\u00fc\u00dfe \u4f60\u597d\"}";
    HttpResponse<String> tool = post("/v1/pools/default/tools/echo", json);
    assertThat(tool.body()).isEqualTo(json);
    assertThat(tool.headers().firstValue("Snakepit-Worker")).contains("default-1");
    HttpResponse<String> envelope =
        post("/v1/execute", "{\"tool\":\"echo\",\"args\":" + json + "}");
    assertThat(envelope.body()).startsWith("{\"result\":" + json + ",");
    byte[] bytes = new byte[2_000_000];
    new Random(7).nextBytes(bytes);
    HttpRequest request =
        request("/v1/pools/default/tools/bytes_echo")
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
            .build();
    assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray()).body())
        .isEqualTo(bytes);
  }

  /** Fails if the type of an empty body is dropped: the tools are then told to be sent bytes. */
  @Test
  void anEmptyBodyIsNoBytes() throws Exception {
    for (HttpRequest.BodyPublisher nothing :
        List.of(
            HttpRequest.BodyPublishers.noBody(),
            HttpRequest.BodyPublishers.ofInputStream(InputStream::nullInputStream))) {
      HttpResponse<byte[]> echoed =
          CLIENT.send(raw("bytes_echo", nothing), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(echoed.statusCode()).isEqualTo(200);
      assertThat(echoed.body()).isEmpty();
      HttpResponse<byte[]> counted =
          CLIENT.send(raw("upload_size", nothing), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(new String(counted.body(), StandardCharsets.UTF_8)).isEqualTo("{\"bytes\":0}");
      assertThat(
              CLIENT
                  .send(raw("ping", nothing), HttpResponse.BodyHandlers.ofByteArray())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  private static HttpRequest raw(String tool, HttpRequest.BodyPublisher body) {
    return request("/v1/pools/default/tools/" + tool)
        .header("Content-Type", "application/octet-stream")
        .POST(body)
        .build();
  }

  /** E1, E7. */
  @Test
  void aPythonExceptionReachesHttpClientsWhole() throws Exception {
    HttpRequest request =
        request("/v1/pools/default/tools/fail")
            .header("Content-Type", "application/json")
            .header("Snakepit-Call-Id", "order-1")
            .header("Snakepit-Session", "user-1")
            .POST(HttpRequest.BodyPublishers.ofString("{\"message\":\"no such model\"}"))
            .build();
    HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("code")).isEqualTo("PYTHON_EXCEPTION");
    assertThat(problem.getString("call")).isEqualTo("order-1");
    assertThat(problem.getString("pool")).isEqualTo("default");
    assertThat(problem.getString("session")).isEqualTo("user-1");
    assertThat(problem.getString("worker")).startsWith("default-");
    assertThat(problem.getString("at")).isNotBlank();
    JsonObject python = problem.getJsonObject("python");
    assertThat(python.getString("type")).isEqualTo("ValueError");
    assertThat(python.getString("message")).isEqualTo("no such model");
    assertThat(python.getString("traceback")).contains("showcase.py");
  }

  /** E2. */
  @Test
  void aResultThatJsonCannotExpressIsAClearError() throws Exception {
    HttpResponse<String> answer = post("/v1/pools/default/tools/bad_result", "{\"kind\":\"set\"}");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("SERIALIZATION_ERROR");
    assertThat(new JsonObject(answer.body()).getString("detail")).contains("set");
  }

  @Test
  void tellsOfPoolsWorkersToolsAndHealth() throws Exception {
    assertThat(new JsonArray(get("/v1/pools").body()).getJsonObject(0).getString("pool"))
        .isEqualTo("default");
    assertThat(new JsonArray(get("/v1/workers").body())).hasSize(1);
    assertThat(get("/v1/tools").body()).contains("\"name\":\"add\"");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(get("/v1/pools/nope").statusCode()).isEqualTo(404);
  }

  /** E4. */
  @Test
  void aStrangerAtThePoolsSocketIsRefused() throws Exception {
    try (FakeConnection stranger = FakeConnection.dial(socket())) {
      Hello hello =
          Hello.newBuilder()
              .setToken("0123456789abcdef0123456789abcdef")
              .setChannel(Channel.CHANNEL_WORK)
              .setMinProtocol(1)
              .setMaxProtocol(1)
              .setPid(ProcessHandle.current().pid())
              .build();
      stranger.send(WorkerMessage.newBuilder().setHello(hello).build());
      assertThat(stranger.read().header().getRefusal().getMessage()).contains("token");
      assertThat(stranger.readOrEnd()).isNull();
    }
    assertThat(post("/v1/pools/default/tools/ping", "{}").body()).isEqualTo("\"pong\"");
  }

  /** A {@code SnakepitVerticle} serves the same. */
  @Test
  void aVerticleServesAndLeavesNothing(@TempDir Path own) throws Exception {
    Vertx vertx = RunningSnakepit.newVertx();
    try {
      SnakepitVerticle verticle =
          new SnakepitVerticle(RunningSnakepit.options(own, VERTICLE_OPTIONS));
      String id = RunningSnakepit.await(vertx.deployVerticle(verticle));
      RunningSnakepit.await(vertx.undeploy(id));
      assertThat(vertx.deploymentIDs()).isEmpty();
      Leftovers.assertNone(own);
    } finally {
      RunningSnakepit.await(vertx.close());
    }
  }

  private static final JsonObject VERTICLE_OPTIONS =
      new JsonObject()
          .put("http", new JsonObject().put("enabled", false))
          .put(
              "pools",
              new JsonObject()
                  .put(
                      "other",
                      new JsonObject()
                          .put("size", 1)
                          .put("python", TestPython.executable().toString())));

  private static Path socket() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("data/run"))) {
      return files.filter(file -> file.endsWith("default.sock")).findFirst().orElseThrow();
    }
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + running.snakepit().httpPort() + path));
  }

  private static HttpResponse<String> post(String path, String json) throws Exception {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.UTF_8))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }
}
