package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostJson;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.RecordedLog;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON has the same limits at every door and in every profile, and they are ours. */
class JsonLimitsIT {
  private static final String TOOLS =
      """
      from collections.abc import Iterator
      from typing import Any
      from snakepit import Adapter, Context, HostError, tool

      class Json(Adapter):
          thread_safe = True

          @tool
          def echo(self, **args: Any) -> dict:
              return args

          @tool
          def ask(self, ctx: Context, **args: Any) -> Any:
              try:
                  return ctx.call_host("echo", args)
              except HostError as error:
                  return {"error": str(error)}

          @tool
          def odd(self, ctx: Context, kind: str) -> Any:
              try:
                  return ctx.call_host("odd", {"kind": kind})
              except HostError as error:
                  return {"error": str(error)}

          @tool
          def result(self, kind: str) -> Any:
              deep: Any = []
              for _ in range(500):
                  deep = [deep]
              return {"deep": deep, "long": 10**4300, "half": "\\ud800"}[kind]

          @tool
          def pieces(self, kind: str) -> Iterator[Any]:
              yield 1
              yield self.result(kind)
      """;

  private static final String DIGITS = "9".repeat(HostJson.MAX_DIGITS);

  /** Faults of arguments, and what is said of each. */
  private static final Map<String, String> FAULTS =
      Map.of(
          "{\"a\":" + DIGITS + "9}",
          "at most 4300 digits",
          "{\"a\":" + "7".repeat(1_000_000) + "}",
          "at most 4300 digits",
          "{\"a\":[1e999]}",
          "too large",
          "{\"a\":\"\\ud800\"}",
          "half a surrogate pair",
          "{\"a\":" + nested(500) + "}",
          "to at most 500 levels",
          "{\"a\":" + nested(100_000) + "}",
          "to at most 500 levels",
          "{\"a\":NaN}",
          "not valid JSON",
          "{\"a\":1,}",
          "not valid JSON");

  private static final List<String> PROFILES = List.of("process", "thread", "async");

  @TempDir static Path directory;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  @RegisterExtension static final RecordedLog LOG = new RecordedLog();
  private static RunningSnakepit running;

  @BeforeAll
  static void start() {
    String module = TestAdapters.write(directory, "json_tools", TOOLS);
    JsonObject pools = new JsonObject();
    for (String profile : PROFILES) {
      pools.put(
          profile,
          new JsonObject()
              .put("adapter", module)
              .put("python", TestPython.executable().toString())
              .put("pythonPath", new JsonArray().add(directory.toString()))
              .put("profile", profile)
              .put("size", 1));
    }
    running = RunningSnakepit.start(directory, new JsonObject().put("pools", pools));
    running.snakepit().tool("echo", Future::succeededFuture);
    running.snakepit().tool("odd", args -> Future.succeededFuture(odd(args.getString("kind"))));
  }

  private static Object odd(String kind) {
    return switch (kind) {
      case "deep" -> new JsonArray(nested(501));
      case "bottomless" -> new JsonArray(nested(900));
      case "long" -> BigInteger.TEN.pow(HostJson.MAX_DIGITS);
      case "half" -> "\ud800";
      default -> new Object();
    };
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @AfterEach
  void noWorkerHasEnded() {
    for (String profile : PROFILES) {
      assertThat(Pools.pool(running, profile).getJsonObject("counters").getLong("restarts"))
          .isZero();
    }
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  /** Doors by name: each calls a tool of a pool with a JSON text of arguments. */
  private static final Map<String, BiFunction<String, String, Future<Buffer>>> DOORS =
      Map.of(
          "java",
          (pool, args) -> running.snakepit().execute(echo(pool, args)).map(Result::bytes),
          "java stream",
          (pool, args) ->
              running.snakepit().stream(echo(pool, args))
                  .handler(chunk -> {})
                  .end()
                  .map(end -> Buffer.buffer(args)),
          "bus",
          (pool, args) ->
              running
                  .vertx()
                  .eventBus()
                  .<JsonObject>request("snakepit.execute", message(pool, args))
                  .map(Message::body)
                  .map(reply -> reply.getBuffer("result")),
          "http",
          (pool, args) -> post("/v1/pools/%s/tools/echo".formatted(pool), args),
          "http stream",
          (pool, args) ->
              post("/v1/pools/%s/tools/echo".formatted(pool), args, "text/event-stream"),
          "envelope",
          (pool, args) ->
              post(
                  "/v1/execute",
                  "{\"tool\":\"echo\",\"pool\":\"%s\",\"args\":%s}".formatted(pool, args)));

  private static Call echo(String pool, String args) {
    return Call.of("echo").pool(pool).body(Buffer.buffer(args));
  }

  private static JsonObject message(String pool, String args) {
    return new JsonObject().put("tool", "echo").put("pool", pool).put("args", Buffer.buffer(args));
  }

  private static Future<Buffer> post(String path, String body) {
    return post(path, body, "*/*");
  }

  private static Future<Buffer> post(String path, String body, String accept) {
    URI uri = URI.create("http://127.0.0.1:" + running.snakepit().httpPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .header("Accept", accept)
            .POST(BodyPublishers.ofString(body))
            .build();
    return Future.fromCompletionStage(HTTP.sendAsync(request, BodyHandlers.ofString()))
        .compose(
            response ->
                response.statusCode() == 200
                    ? Future.succeededFuture(Buffer.buffer(response.body()))
                    : Future.failedFuture(
                        SnakepitException.fromJson(new JsonObject(response.body()))));
  }

  static Stream<Arguments> doorsAndProfiles() {
    return DOORS.keySet().stream()
        .flatMap(door -> PROFILES.stream().map(profile -> Arguments.of(door, profile)));
  }

  @ParameterizedTest
  @MethodSource("doorsAndProfiles")
  void whatIsBeyondALimitIsRefusedAlikeWithoutAStackTrace(String door, String profile) {
    FAULTS.forEach(
        (args, said) -> {
          SnakepitException refusal = Pools.failureOf(DOORS.get(door).apply(profile, args));
          assertThat(refusal.code()).as(refusal.detail()).isEqualTo(ErrorCode.INVALID_REQUEST);
          assertThat(refusal.detail()).contains(said);
          PlainWords.assertSaidBy(refusal.detail());
        });
    LOG.assertNoStackTrace();
  }

  @ParameterizedTest
  @MethodSource("doorsAndProfiles")
  void whatIsWithinTheLimitsPasses(String door, String profile) {
    String most =
        "{\"n\":-%s,\"deep\":%s,\"text\":\"%s\"}"
            .formatted(DIGITS, nested(499), "x".repeat(1_000_000));
    Buffer answer = RunningSnakepit.await(DOORS.get(door).apply(profile, most));
    if (!door.contains("stream")) {
      assertThat(answer.toString()).contains(most);
    }
  }

  /** Fails with the limits of the parser that Vert.x has. */
  @Test
  void resultsAreReadInJavaAndOnTheBus() {
    String most =
        "{\"n\":%s,\"deep\":%s,\"text\":\"%s\"}"
            .formatted(DIGITS, nested(499), "x".repeat(25_000_000));
    JsonObject read = (JsonObject) running.call(echo("process", most));
    assertThat(read.getValue("n")).isEqualTo(new BigInteger(DIGITS));
    JsonObject args =
        new JsonObject().put("n", new BigInteger(DIGITS)).put("deep", read.getValue("deep"));
    JsonObject call = new JsonObject().put("tool", "echo").put("pool", "process").put("args", args);
    JsonObject reply = running.ask("snakepit.execute", call);
    assertThat(reply.getJsonObject("result")).isEqualTo(args);
    JsonObject asked = (JsonObject) running.call(Call.of("ask").pool("process").args(args));
    assertThat(asked).isEqualTo(args);
  }

  @ParameterizedTest
  @ValueSource(strings = {"process", "thread", "async"})
  void resultsBeyondALimitAreRefusedInPython(String profile) {
    for (String kind : List.of("deep", "long", "half")) {
      Call call = Call.of("result").pool(profile).with("kind", kind);
      SnakepitException refusal = running.failure(call);
      assertThat(refusal.code()).as(kind).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
      PlainWords.assertSaidBy(refusal.detail());
      Future<?> end =
          running.snakepit().stream(Call.of("pieces").pool(profile).with("kind", kind))
              .handler(chunk -> {})
              .end();
      assertThat(Pools.failureOf(end).code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
    }
  }

  @Test
  void answersOfHostToolsBeyondALimitAreHostErrors() {
    for (String profile : PROFILES) {
      for (String kind : List.of("deep", "bottomless", "long", "half", "object")) {
        JsonObject answer =
            (JsonObject) running.call(Call.of("odd").pool(profile).with("kind", kind));
        assertThat(answer.getString("error")).as(kind).startsWith("INTERNAL: ");
        PlainWords.assertSaidBy(answer.getString("error"));
      }
    }
  }

  @Test
  void javaArgumentsAreRefusedBeforeTheyAreSent() {
    JsonArray deep = new JsonArray(nested(500));
    JsonObject call =
        new JsonObject()
            .put("tool", "echo")
            .put("pool", "process")
            .put("args", new JsonObject().put("a", deep));
    SnakepitException refusal =
        Pools.failureOf(running.vertx().eventBus().request("snakepit.execute", call));
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal.detail()).contains("to at most 500 levels");
    call.getJsonObject("args").put("a", "\ud800");
    assertThat(
            Pools.failureOf(running.vertx().eventBus().request("snakepit.execute", call)).detail())
        .contains("half a surrogate pair");
  }
}
