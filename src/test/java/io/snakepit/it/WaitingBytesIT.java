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
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
      import os, time
      from snakepit import tool

      @tool
      def nap(seconds: float = 0.0) -> str:
          time.sleep(seconds)
          return "rested"

      @tool
      def held(body: bytes) -> int:
          time.sleep(1.0)
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
  void everythingIsGivenBack() {
    await().untilAsserted(() -> assertThat(counted()).isZero());
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

  /** Occupies the one worker for a while. */
  private static Future<Result> nap(double seconds) {
    return running.snakepit().execute(Call.of("nap").pool("default").with("seconds", seconds));
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
    Future<Result> busy = nap(1.5);
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
    Future<Result> small = nap(0);
    assertThat(running.call(Call.of("length").pool("other").with("text", text))).isEqualTo(LARGE);
    for (Future<Result> each : queued) {
      assertThat(RunningSnakepit.await(each).json()).isEqualTo(LARGE);
    }
    assertThat(RunningSnakepit.await(small).json()).isEqualTo("rested");
    assertThat(busy.isComplete()).isTrue();
    JsonObject counters =
        running
            .ask("snakepit.pools", new JsonObject().put("pool", "default"))
            .getJsonObject("counters");
    assertThat(counters.getLong("POOL_SATURATED")).isGreaterThanOrEqualTo(6);
  }

  @Test
  void argumentsInJavaAreWrittenOffTheLoopAndCounted() {
    Future<Result> busy = nap(0.5);
    Future<Result> queued =
        running
            .snakepit()
            .execute(Call.of("length").pool("default").with("text", "é".repeat(LARGE / 2)));
    await()
        .untilAsserted(() -> assertThat(counted()).isEqualTo(LARGE + "{\"text\":\"\"}".length()));
    assertThat(RunningSnakepit.await(queued).json()).isEqualTo(LARGE / 2);
    RunningSnakepit.await(busy);
  }

  /** Fails if a body is kept, or counted, though no one can need it any more. */
  @Test
  void aBodyIsLetGoOfOnceItIsWritten() {
    Future<Result> runs = running.snakepit().execute(held());
    await().untilAsserted(() -> assertThat(counted()).isZero());
    assertThat(runs.isComplete()).isFalse();
    RunningSnakepit.await(runs);
  }

  @Test
  void anIdempotentCallKeepsItsBodyToTheEnd() throws Exception {
    Future<Result> runs = running.snakepit().execute(held().idempotent(true));
    await().pollDelay(Duration.ofMillis(300)).until(() -> counted() == LARGE);
    assertThat(runs.isComplete()).isFalse();
    RunningSnakepit.await(runs);
  }

  /** Fails if a clock runs over at any door: the call would be overdue as soon as it came. */
  @Test
  void aTimeoutThatNoClockCanCountIsAVeryLongOneAtEveryDoor() throws Exception {
    Call call = Call.of("nap").pool("default");
    for (Call endless :
        List.of(call.timeoutMs(Long.MAX_VALUE), call.timeout(Duration.ofSeconds(Long.MAX_VALUE)))) {
      assertThat(running.call(endless)).isEqualTo("rested");
    }
    for (Object timeout : List.of(Long.MAX_VALUE, new BigInteger("99999999999999999999999999"))) {
      JsonObject message =
          new JsonObject().put("tool", "nap").put("pool", "default").put("timeoutMs", timeout);
      assertThat(running.ask("snakepit.execute", message).getString("result")).isEqualTo("rested");
      String body = "{\"tool\":\"nap\",\"pool\":\"default\",\"timeoutMs\":%s}".formatted(timeout);
      assertThat(post("/v1/execute", "application/json", body.getBytes(UTF_8)).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void cancelledWhileItWaits() {
    Future<Result> busy = nap(1);
    Future<Result> queued = running.snakepit().execute(held().id("to-cancel"));
    assertThat(counted()).isEqualTo(LARGE);
    assertThat(RunningSnakepit.await(running.snakepit().cancel("to-cancel"))).isTrue();
    assertThat(((SnakepitException) causeOf(queued)).code()).isEqualTo(ErrorCode.CANCELLED);
    await().until(() -> counted() == 0);
    assertThat(busy.isComplete()).isFalse();
    RunningSnakepit.await(busy);
  }

  /** Fails where the body of a call whose answer comes in pieces outlives the call. */
  @Test
  void theSameOfStreams() {
    Future<Result> busy = nap(1);
    Future<?> queued =
        running.snakepit().stream(held().id("stream-to-cancel")).handler(chunk -> {}).end();
    await().until(() -> counted() == LARGE);
    assertThat(RunningSnakepit.await(running.snakepit().cancel("stream-to-cancel"))).isTrue();
    assertThat(((SnakepitException) causeOf(queued)).code()).isEqualTo(ErrorCode.CANCELLED);
    await().until(() -> counted() == 0);
    assertThat(busy.isComplete()).isFalse();
    RunningSnakepit.await(busy);

    Future<?> kept = running.snakepit().stream(held().idempotent(true)).handler(chunk -> {}).end();
    await().until(() -> counted() == LARGE);
    RunningSnakepit.await(kept);
  }

  @Test
  void overdueWhileItWaits() {
    Future<Result> busy = nap(1);
    Future<Result> queued = running.snakepit().execute(held().timeoutMs(100));
    assertThat(((SnakepitException) causeOf(queued)).code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
    await().until(() -> counted() == 0);
    RunningSnakepit.await(busy);
  }

  @Test
  void cancelledAndOverdueWhileItRuns() {
    Future<Result> runs = running.snakepit().execute(held().idempotent(true).timeoutMs(200));
    assertThat(((SnakepitException) causeOf(runs)).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
    await().until(() -> counted() == 0);
    RunningSnakepit.await(nap(0));
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
    RunningSnakepit.await(nap(0));
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
