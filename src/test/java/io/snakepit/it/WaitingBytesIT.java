package io.snakepit.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that wait are counted at every door, and given back whatever becomes of their calls. */
class WaitingBytesIT {
  private static final int LARGE = 2_000_000;
  private static final String ADAPTER =
      """
      import os, pathlib, time
      from snakepit import tool

      BEGUN = pathlib.Path(__file__).with_name("begun")
      END = pathlib.Path(__file__).with_name("end")

      def wait() -> None:
          while not END.exists():
              time.sleep(0.01)

      @tool
      def rest() -> str:
          return "rested"

      @tool
      def nap() -> str:
          wait()
          return "rested"

      @tool
      def held(body: bytes) -> int:
          BEGUN.touch()
          wait()
          return len(body)

      @tool
      def dies(body: bytes) -> int:
          os._exit(3)

      @tool
      def length(text: str) -> int:
          return len(text)
      """;

  @TempDir static Path directory;
  private static RunningSnakepit running;

  @BeforeAll
  static void start() {
    JsonObject pool =
        new JsonObject()
            .put("adapter", TestAdapters.write(directory, "waiting", ADAPTER))
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 1)
            .put("queueTimeoutMs", 30_000);
    JsonObject main = pool.copy().put("maxQueueBytes", 2 * LARGE);
    running =
        RunningSnakepit.start(
            directory,
            new JsonObject()
                .put("pools", new JsonObject().put("default", main).put("other", pool)));
  }

  @AfterAll
  static void stop() {
    running.close();
    Leftovers.assertNone(directory);
  }

  @AfterEach
  void everythingIsGivenBack() throws IOException {
    await().untilAsserted(() -> assertThat(counted()).isZero());
    Files.deleteIfExists(directory.resolve("begun"));
    Files.deleteIfExists(directory.resolve("end"));
  }

  /** Ends what naps, and what is held. */
  private static void wake() throws IOException {
    Files.createFile(directory.resolve("end"));
  }

  private static long counted() {
    return running.snakepit().bodies("default").used();
  }

  private static Buffer body() {
    return Buffer.buffer(new byte[LARGE]);
  }

  private static Call held() {
    return Call.of("held").pool("default").body(body(), "application/octet-stream");
  }

  /** Occupies the one worker until {@link #wake}. */
  private static Future<Result> nap() {
    return running.snakepit().execute(Call.of("nap").pool("default"));
  }

  private static Future<Result> rest() {
    return running.snakepit().execute(Call.of("rest").pool("default"));
  }

  private static HttpResponse<String> post(String path, String type, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + running.snakepit().httpPort() + path))
            .header("Content-Type", type)
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void assertSaturated(Throwable failure) {
    assertThat(failure)
        .isInstanceOf(SnakepitException.class)
        .hasMessageContaining("pools.default.maxQueueBytes: " + 2 * LARGE + " bytes");
    SnakepitException error = (SnakepitException) failure;
    assertThat(error.code()).isEqualTo(ErrorCode.POOL_SATURATED);
    assertThat(error.pool()).isEqualTo("default");
    assertThat(error.retryAfterMs()).isPositive();
  }

  private static Throwable causeOf(Future<?> future) {
    await().until(future::isComplete);
    return future.cause();
  }

  @Test
  void bodiesBeyondTheLimitAreRefusedAtEveryDoorAndSmallCallsGoOn() throws Exception {
    Future<Result> busy = nap();
    List<Future<Result>> queued = new ArrayList<>();
    queued.add(running.snakepit().execute(held()));
    queued.add(running.snakepit().execute(held()));
    assertThat(counted()).isEqualTo(2 * LARGE);

    assertSaturated(causeOf(running.snakepit().execute(held())));
    String text = "x".repeat(LARGE);
    assertSaturated(causeOf(running.snakepit().execute(Call.of("length").with("text", text))));
    assertSaturated(causeOf(running.snakepit().stream(held()).end()));
    JsonObject message = new JsonObject().put("tool", "held").put("args", body());
    Throwable onTheBus =
        causeOf(running.vertx().eventBus().<JsonObject>request("snakepit.execute", message));
    assertSaturated(onTheBus);
    for (HttpResponse<String> answer :
        List.of(
            post("/v1/pools/default/tools/held", "application/octet-stream", new byte[LARGE]),
            post(
                "/v1/execute",
                "application/json",
                ("{\"tool\":\"length\",\"args\":{\"text\":\"" + text + "\"}}").getBytes(UTF_8)))) {
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("POOL_SATURATED");
    }
    Future<Result> small = rest();
    assertThat(running.call(Call.of("length").pool("other").with("text", text))).isEqualTo(LARGE);
    assertThat(busy.isComplete()).isFalse();
    wake();
    for (Future<Result> each : queued) {
      assertThat(RunningSnakepit.await(each).json()).isEqualTo(LARGE);
    }
    assertThat(RunningSnakepit.await(small).json()).isEqualTo("rested");
    RunningSnakepit.await(busy);
    JsonObject counters =
        running
            .ask("snakepit.pools", new JsonObject().put("pool", "default"))
            .getJsonObject("counters");
    assertThat(counters.getLong("POOL_SATURATED")).isGreaterThanOrEqualTo(6);
  }

  @Test
  void argumentsInJavaAreWrittenOffTheLoopAndCounted() throws Exception {
    Future<Result> busy = nap();
    Future<Result> queued =
        running
            .snakepit()
            .execute(Call.of("length").pool("default").with("text", "é".repeat(LARGE / 2)));
    await()
        .untilAsserted(() -> assertThat(counted()).isEqualTo(LARGE + "{\"text\":\"\"}".length()));
    wake();
    assertThat(RunningSnakepit.await(queued).json()).isEqualTo(LARGE / 2);
    RunningSnakepit.await(busy);
  }

  /** Fails if a body is kept, or counted, though no one can need it any more. */
  @Test
  void aBodyIsLetGoOfOnceItIsWritten() throws Exception {
    Future<Result> runs = running.snakepit().execute(held());
    await().untilAsserted(() -> assertThat(counted()).isZero());
    assertThat(runs.isComplete()).isFalse();
    wake();
    RunningSnakepit.await(runs);
  }

  @Test
  void anIdempotentCallKeepsItsBodyToTheEnd() throws Exception {
    Future<Result> runs = running.snakepit().execute(held().idempotent(true));
    await().atMost(Pools.PATIENCE).until(() -> Files.exists(directory.resolve("begun")));
    // The pool answers this behind whatever it does about a body that has been written.
    Pools.awaitRunning(running, 1);
    assertThat(counted()).isEqualTo(LARGE);
    assertThat(runs.isComplete()).isFalse();
    wake();
    RunningSnakepit.await(runs);
  }

  /** Fails if a clock runs over at any door: the call would be overdue as soon as it came. */
  @Test
  void aTimeoutThatNoClockCanCountIsAVeryLongOneAtEveryDoor() throws Exception {
    Call call = Call.of("rest").pool("default");
    for (Call endless :
        List.of(call.timeoutMs(Long.MAX_VALUE), call.timeout(Duration.ofSeconds(Long.MAX_VALUE)))) {
      assertThat(running.call(endless)).isEqualTo("rested");
    }
    for (Object timeout : List.of(Long.MAX_VALUE, new BigInteger("99999999999999999999999999"))) {
      JsonObject message =
          new JsonObject().put("tool", "rest").put("pool", "default").put("timeoutMs", timeout);
      assertThat(running.ask("snakepit.execute", message).getString("result")).isEqualTo("rested");
      String body = "{\"tool\":\"rest\",\"pool\":\"default\",\"timeoutMs\":%s}".formatted(timeout);
      assertThat(post("/v1/execute", "application/json", body.getBytes(UTF_8)).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void cancelledWhileItWaits() throws Exception {
    Future<Result> busy = nap();
    Future<Result> queued = running.snakepit().execute(held().id("to-cancel"));
    assertThat(counted()).isEqualTo(LARGE);
    assertThat(RunningSnakepit.await(running.snakepit().cancel("to-cancel"))).isTrue();
    assertThat(((SnakepitException) causeOf(queued)).code()).isEqualTo(ErrorCode.CANCELLED);
    await().until(() -> counted() == 0);
    assertThat(busy.isComplete()).isFalse();
    wake();
    RunningSnakepit.await(busy);
  }

  /** Fails where the body of a call whose answer comes in pieces outlives the call. */
  @Test
  void theSameOfStreams() throws Exception {
    Future<Result> busy = nap();
    Future<?> queued =
        running.snakepit().stream(held().id("stream-to-cancel")).handler(chunk -> {}).end();
    await().until(() -> counted() == LARGE);
    assertThat(RunningSnakepit.await(running.snakepit().cancel("stream-to-cancel"))).isTrue();
    assertThat(((SnakepitException) causeOf(queued)).code()).isEqualTo(ErrorCode.CANCELLED);
    await().until(() -> counted() == 0);
    assertThat(busy.isComplete()).isFalse();
    wake();
    RunningSnakepit.await(busy);

    Files.delete(directory.resolve("end"));
    Future<?> kept = running.snakepit().stream(held().idempotent(true)).handler(chunk -> {}).end();
    await().until(() -> counted() == LARGE);
    wake();
    RunningSnakepit.await(kept);
  }

  @Test
  void overdueWhileItWaits() throws Exception {
    Future<Result> busy = nap();
    Future<Result> queued = running.snakepit().execute(held().timeoutMs(100));
    assertThat(((SnakepitException) causeOf(queued)).code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
    await().until(() -> counted() == 0);
    wake();
    RunningSnakepit.await(busy);
  }

  @Test
  void cancelledAndOverdueWhileItRuns() {
    Future<Result> runs = running.snakepit().execute(held().idempotent(true).timeoutMs(200));
    assertThat(((SnakepitException) causeOf(runs)).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
    await().until(() -> counted() == 0);
    RunningSnakepit.await(rest());
  }

  @Test
  void aWorkersDeathAndRetriesOfAnIdempotentCall() {
    for (boolean again : new boolean[] {false, true}) {
      Call call =
          Call.of("dies")
              .pool("default")
              .body(body(), "application/octet-stream")
              .idempotent(again);
      Future<Result> dies = running.snakepit().execute(call);
      assertThat(((SnakepitException) causeOf(dies)).code()).isEqualTo(ErrorCode.WORKER_CRASHED);
      await().until(() -> counted() == 0);
    }
    RunningSnakepit.await(rest());
  }

  @Test
  void whatIsRefusedForOtherReasons() {
    Buffer large = body();
    Future<Result> unknown = running.snakepit().execute(Call.of("none").body(large, "a/b"));
    assertThat(((SnakepitException) causeOf(unknown)).code()).isEqualTo(ErrorCode.TOOL_NOT_FOUND);
    Future<Result> nowhere =
        running.snakepit().execute(Call.of("held").pool("nowhere").body(large, "a/b"));
    assertThat(((SnakepitException) causeOf(nowhere)).code()).isEqualTo(ErrorCode.POOL_NOT_FOUND);
  }
}
