package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool of real workers is called by the Java API and over the event bus. */
class CallsIT {
  @TempDir static Path directory;
  private static RunningSnakepit running;
  private static Snakepit snakepit;

  @BeforeAll
  static void start() {
    String module = TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE + SHOWCASE);
    running =
        RunningSnakepit.start(
            directory,
            module,
            new JsonObject()
                .put("size", 2)
                .put("cancelGraceMs", 100)
                .put("env", new JsonObject().put("COLOUR", "green")));
    snakepit = running.snakepit();
  }

  /** The module offers the showcase's tools too: its only Adapter class. */
  private static final String SHOWCASE =
      "\nfrom snakepit.adapters.showcase import Showcase as Base\nclass Show(Base):\n    pass\ndel Base\n";

  @AfterAll
  static void stop() {
    running.close();
  }

  @Test
  void callsAToolWithKeywordArguments() {
    Result result = await(snakepit.execute(Call.of("add").with("a", 1).with("b", 2)));
    assertThat(result.json()).isEqualTo(3);
    assertThat(result.worker()).startsWith("default-");
    assertThat(result.duration()).isPositive();
    assertThat(result.call()).isNotEmpty();
  }

  /** E6: integers beyond 2^53, null, nested and non-ASCII data, empty objects come back exactly. */
  @Test
  void bringsDataBackExactly() {
    String json =
        "{\"big\":123456789012345678901234567890,\"none\":null,\"deep\":[{\"a\":{}},[],[[1.5]]],"
            + "\"text\":\"Gr\u00fc\u00dfe \u4f60\u597d \ud83d\udc0d\",\"\":\"\",\"t\":true}";
    Result result = await(snakepit.execute(Call.of("echo").body(Buffer.buffer(json))));
    assertThat(result.bytes().toString()).isEqualTo(json);
  }

  @Test
  void bytesPassUntouchedUpToMegabytes() {
    byte[] bytes = new byte[3_000_000];
    new java.util.Random(1).nextBytes(bytes);
    Result result =
        await(
            snakepit.execute(
                Call.of("bytes_echo").body(Buffer.buffer(bytes), "application/octet-stream")));
    assertThat(result.bytes().getBytes()).isEqualTo(bytes);
    assertThat(result.contentType()).isEqualTo("application/octet-stream");
  }

  @Test
  void toolsRunOnTheMainThreadOfTheirInterpreter() {
    assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
  }

  @Test
  void workersHaveThePoolsEnvironment() {
    assertThat(running.call(Call.of("env").with("name", "COLOUR"))).isEqualTo("green");
  }

  @Test
  void manyCallsAtOnceAreAllAnsweredRightly() {
    List<Future<Object>> calls =
        IntStream.range(0, 500)
            .mapToObj(
                i -> snakepit.execute(Call.of("add").with("a", i).with("b", i)).map(Result::json))
            .toList();
    await(Future.all(calls));
    assertThat(calls)
        .extracting(Future::result)
        .containsExactlyElementsOf(
            IntStream.range(0, 500).mapToObj(i -> (Object) (2 * i)).toList());
  }

  @Test
  void aCallOnThePoolsOwnEventLoopNeedsNoHop() {
    io.vertx.core.Promise<Result> done = io.vertx.core.Promise.promise();
    List<Boolean> sameThread = new CopyOnWriteArrayList<>();
    snakepit
        .poolContext("default")
        .runOnContext(
            go -> {
              Thread caller = Thread.currentThread();
              snakepit
                  .execute(Call.of("ping"))
                  .onComplete(result -> sameThread.add(Thread.currentThread() == caller))
                  .onComplete(done);
            });
    assertThat(await(done.future()).json()).isEqualTo("pong");
    assertThat(sameThread).containsExactly(true);
  }

  /** E1, E7. */
  @Test
  void aPythonExceptionReachesTheCallerWhole() {
    SnakepitException error =
        running.failure(
            Call.of("fail").with("message", "no such model").session("s-1").id("call-1"));
    assertThat(error.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
    assertThat(error.python().type()).isEqualTo("ValueError");
    assertThat(error.python().message()).isEqualTo("no such model");
    assertThat(error.python().traceback())
        .contains("showcase.py")
        .contains("ValueError: no such model");
    assertThat(error.call()).isEqualTo("call-1");
    assertThat(error.pool()).isEqualTo("default");
    assertThat(error.worker()).startsWith("default-");
    assertThat(error.session()).isEqualTo("s-1");
    assertThat(error.at()).isNotNull();
  }

  /** E2. */
  @Test
  void aResultThatJsonCannotExpressIsAClearErrorAndTheWorkerGoesOn() {
    for (String kind : List.of("set", "nan", "deep")) {
      SnakepitException error = running.failure(Call.of("bad_result").with("kind", kind));
      assertThat(error.code()).as(kind).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
    }
    assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
  }

  @Test
  void aMissingOrUnknownArgumentIsNamedAndTheToolDoesNotRun() {
    SnakepitException missing = running.failure(Call.of("add").with("b", 2));
    assertThat(missing.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(missing.getMessage()).contains("a");
    assertThat(missing.details().getString("argument")).isEqualTo("a");
    SnakepitException unknown = running.failure(Call.of("add").with("a", 1).with("c", 2));
    assertThat(unknown.getMessage()).contains("c");
  }

  @Test
  void anUnknownToolOrPoolIsNamedWithWhatThereIs() {
    assertThat(running.failure(Call.of("ad")).code()).isEqualTo(ErrorCode.TOOL_NOT_FOUND);
    SnakepitException noPool = running.failure(Call.of("add").pool("nope"));
    assertThat(noPool.code()).isEqualTo(ErrorCode.POOL_NOT_FOUND);
    assertThat(noPool.getMessage()).contains("nope").contains("default");
  }

  @Test
  void aCrashAnswersWithHowTheWorkerEndedAndItsLastWordsAndItIsReplaced() {
    SnakepitException error = running.failure(Call.of("exit_now").with("status", 3));
    assertThat(error.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
    assertThat(error.getMessage()).contains("status 3").contains("last words");
    SnakepitException killed = running.failure(Call.of("kill_self").with("number", 11));
    assertThat(killed.getMessage()).contains("signal 11 (SIGSEGV)");
    waitForReady(2);
    assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
  }

  /**
   * Q6 in part: the caller is answered at the deadline, and capacity is not lost. Fails if nobody
   * looks at {@code cancelGrace}: a missing heartbeat would end the worker, later.
   */
  @Test
  void aHangingCallIsAnsweredAtItsDeadlineAndItsWorkerReplaced() {
    RecordedEvents events = new RecordedEvents(running.vertx());
    SnakepitException error =
        running.failure(Call.of("hang_in_c").with("seconds", 600).timeoutMs(200));
    assertThat(error.code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
    assertThat(events.await(Event.WORKER_KILLED).getString("reason"))
        .contains("after the deadline");
    waitForReady(2);
  }

  @Test
  void aToolMayBeLateAndItsWorkerIsFreeAgainAfterwards() {
    SnakepitException error = running.failure(Call.of("sleep").with("seconds", 30).timeoutMs(100));
    assertThat(error.code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
    waitForReady(2);
    assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
  }

  @Test
  void pythonCanCallTheHost() {
    snakepit.tool(
        "lookup",
        args -> Future.succeededFuture(new JsonObject().put("got", args.getString("key"))));
    assertThat(running.call(Call.of("ask").with("name", "lookup").with("key", "k")))
        .isEqualTo(new JsonObject().put("got", "k"));
    SnakepitException unknown =
        running.failure(Call.of("ask").with("name", "nope").with("key", "k"));
    assertThat(unknown.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
    assertThat(unknown.python().message()).contains("nope");
  }

  @Test
  void theEventBusTakesJsonAndBuffers() {
    JsonObject sum =
        running.ask(
            Addresses.EXECUTE,
            new JsonObject()
                .put("tool", "add")
                .put("args", new JsonObject().put("a", 1).put("b", 2)));
    assertThat(sum.getValue("result")).isEqualTo(3);
    assertThat(sum.getString("worker")).startsWith("default-");
    JsonObject raw =
        running.ask(
            Addresses.EXECUTE,
            new JsonObject().put("tool", "echo").put("args", Buffer.buffer("{\"n\":1.10}")));
    assertThat(raw.getBuffer("result").toString()).contains("1.1");
  }

  /** E1, E7 on the bus: the same error as in Java. */
  @Test
  void errorsCrossTheEventBusWhole() {
    Future<?> answer =
        running
            .vertx()
            .eventBus()
            .request(Addresses.EXECUTE, new JsonObject().put("tool", "fail").put("call", "bus-1"));
    try {
      await(answer);
      throw new AssertionError("should have failed");
    } catch (RunningSnakepit.FailedException e) {
      SnakepitException error = (SnakepitException) e.getCause();
      assertThat(error.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
      assertThat(error.failureCode()).isEqualTo(500);
      assertThat(error.call()).isEqualTo("bus-1");
      assertThat(error.python().traceback()).isNotBlank();
    }
  }

  @Test
  void aMessageThatIsNoCallIsRefusedWithTheKeyAtFault() {
    for (JsonObject bad :
        List.of(
            new JsonObject(),
            new JsonObject().put("tool", 7),
            new JsonObject().put("tool", "add").put("arg", 1),
            new JsonObject().put("tool", "add").put("args", "text"),
            new JsonObject().put("tool", "add").put("timeoutMs", 0),
            new JsonObject().put("tool", "add").put("timeoutMs", 1.5),
            new JsonObject().put("tool", "add").put("idempotent", "yes"))) {
      try {
        running.ask(Addresses.EXECUTE, bad);
        throw new AssertionError(bad + " should have been refused");
      } catch (RunningSnakepit.FailedException e) {
        assertThat(((SnakepitException) e.getCause()).code())
            .as(bad.encode())
            .isEqualTo(ErrorCode.INVALID_REQUEST);
      }
    }
  }

  @Test
  void tellsOfPoolsWorkersAndTools() {
    waitForReady(2);
    assertThat(Pools.settledPids(running)).hasSize(2);
    JsonArray pools = running.askAll(Addresses.POOLS, new JsonObject());
    JsonObject pool = pools.getJsonObject(0);
    assertThat(pool.getString("pool")).isEqualTo("default");
    assertThat(pool.getString("state")).isEqualTo("ready");
    assertThat(pool.getJsonObject("counters").getLong("OK")).isNotNegative();
    JsonArray workers = running.askAll(Addresses.WORKERS, new JsonObject().put("pool", "default"));
    assertThat(workers).hasSize(2);
    assertThat(workers.getJsonObject(0).getLong("rssBytes")).isPositive();
    assertThat(workers.getJsonObject(0).getLong("pid")).isPositive();
    JsonArray tools = running.askAll(Addresses.TOOLS, new JsonObject());
    JsonObject add =
        tools.stream()
            .map(JsonObject.class::cast)
            .filter(t -> t.getString("name").equals("add"))
            .findFirst()
            .orElseThrow();
    assertThat(add.getJsonObject("inputSchema").getJsonArray("required"))
        .isEqualTo(new JsonArray().add("a"));
    assertThat(add.getString("kind")).isEqualTo("sync");
  }

  @Test
  void eventsArePublished() {
    List<JsonObject> heard = new CopyOnWriteArrayList<>();
    var consumer =
        running.vertx().eventBus().<JsonObject>consumer(Addresses.EVENTS, m -> heard.add(m.body()));
    await(consumer.completion());
    running.failure(Call.of("kill_self"));
    waitForReady(2);
    await()
        .untilAsserted(
            () ->
                assertThat(heard)
                    .extracting(e -> e.getString("event"))
                    .contains("worker.crashed", "worker.starting", "worker.ready"));
    await(consumer.unregister());
  }

  /** Q2 in part: what timed out in the queue never runs. Fails if Expiry leaves it there. */
  @Test
  void aCallThatWasRefusedNeverRan() throws Exception {
    Path trace = directory.resolve("trace");
    Call sleep = Call.of("sleep").with("seconds", 600).timeoutMs(900_000);
    Future<Result> first = snakepit.execute(sleep.id("first"));
    Future<Result> second = snakepit.execute(sleep.id("second"));
    SnakepitException late =
        running.failure(Call.of("mark").with("path", trace.toString()).timeoutMs(50));
    assertThat(await(Future.all(snakepit.cancel("first"), snakepit.cancel("second"))).succeeded())
        .isTrue();
    await(Future.join(first, second).otherwiseEmpty());
    running.call(Call.of("ping"));
    assertThat(late.code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
    assertThat(Files.exists(trace)).isFalse();
  }

  private static void waitForReady(int workers) {
    await()
        .atMost(java.time.Duration.ofSeconds(30))
        .until(
            () -> {
              JsonObject pool =
                  running.ask(Addresses.POOLS, new JsonObject().put("pool", "default"));
              return pool.getInteger("ready") == workers && pool.getInteger("busy") == 0;
            });
  }
}
