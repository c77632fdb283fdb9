package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.process.Signals;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A pool withstands everything that callers and workers can do to it, with real processes. */
class PressureIT extends PressureTestBase {

  private static Call sleep(double seconds) {
    return Call.of("sleep").with("seconds", seconds);
  }

  /** Sends calls in one turn of the pool's event loop: no answer and no timeout comes between. */
  private static List<Future<Result>> atOnce(RunningSnakepit running, Call call, int times) {
    Promise<List<Future<Result>>> sent = Promise.promise();
    running
        .snakepit()
        .poolContext("default")
        .runOnContext(
            here ->
                sent.complete(
                    IntStream.range(0, times)
                        .mapToObj(i -> running.snakepit().execute(call))
                        .toList()));
    return await(sent.future());
  }

  /** Q1, Q2. Fails if the queue's limit, or its timeout, is not looked at. */
  @Test
  void countersMatchWhatCallersSawAndWhatWasRefusedNeverRan() throws Exception {
    Path trace = directory.resolve("trace");
    JsonObject pool = new JsonObject().put("maxQueue", 5).put("queueTimeoutMs", 100);
    try (RunningSnakepit running = start(pool)) {
      Call call = sleep(0.5).with("path", trace.toString());
      List<Future<Result>> calls = atOnce(running, call, 20);
      await(Future.join(calls).otherwiseEmpty());
      Map<ErrorCode, Integer> seen = new EnumMap<>(ErrorCode.class);
      calls.stream()
          .filter(Future::failed)
          .forEach(each -> seen.merge(Pools.failureOf(each).code(), 1, Integer::sum));
      assertThat(seen).isEqualTo(Map.of(ErrorCode.POOL_SATURATED, 14, ErrorCode.QUEUE_TIMEOUT, 5));
      JsonObject counters = Pools.pool(running).getJsonObject("counters");
      assertThat(counters.getInteger("OK")).isEqualTo(1);
      assertThat(counters.getInteger("POOL_SATURATED")).isEqualTo(14);
      assertThat(counters.getInteger("QUEUE_TIMEOUT")).isEqualTo(5);
      running.call(Call.of("ping"));
      assertThat(Files.readAllLines(trace)).containsExactly("begun", "cleaned");
    }
  }

  /** Fails if EffectRunner keeps to itself what the pool expects. */
  @Test
  void whoIsRefusedLearnsWhenTryingAgainHasAChance() {
    try (RunningSnakepit running = start(new JsonObject().put("maxQueue", 0))) {
      running.call(sleep(0.3));
      Future<Result> busy = running.snakepit().execute(sleep(600).id("busy").timeoutMs(900_000));
      SnakepitException refused = running.failure(Call.of("ping"));
      assertThat(refused.code()).isEqualTo(ErrorCode.POOL_SATURATED);
      assertThat(refused.retryAfterMs()).isBetween(300L, 60_000L);
      await(running.snakepit().cancel("busy"));
      assertThat(Pools.failureOf(busy).code()).isEqualTo(ErrorCode.CANCELLED);
    }
  }

  /** Q2, decision 9. Fails if a cancel does not reach Python: the worker would be another. */
  @Test
  void aCancelInterruptsABlockingCallAndItsWorkerGoesOn() throws Exception {
    Path trace = directory.resolve("trace");
    try (RunningSnakepit running = start(new JsonObject().put("cancelGraceMs", 60_000))) {
      Object pid = running.call(Call.of("pid"));
      Future<Result> sleeping =
          running
              .snakepit()
              .execute(sleep(600).with("path", trace.toString()).id("long").timeoutMs(900_000));
      Future<Result> queued =
          running.snakepit().execute(sleep(0).with("path", "never-made").id("queued"));
      await().until(() -> Files.exists(trace));
      assertThat(
              running
                  .ask(Addresses.CANCEL, new JsonObject().put("call", "queued"))
                  .getBoolean("cancelled"))
          .isTrue();
      assertThat(await(running.snakepit().cancel("long"))).isTrue();
      assertThat(Pools.failureOf(sleeping).code()).isEqualTo(ErrorCode.CANCELLED);
      assertThat(Pools.failureOf(queued).code()).isEqualTo(ErrorCode.CANCELLED);
      assertThat(running.call(Call.of("pid"))).isEqualTo(pid);
      assertThat(Files.readAllLines(trace)).containsExactly("begun", "cleaned");
      assertThat(await(running.snakepit().cancel("long"))).isFalse();
    }
  }

  /** Q6. Fails if a timeout does not interrupt, or capacity is not given back. */
  @Test
  void aTimeoutInterruptsToo() {
    try (RunningSnakepit running = start(new JsonObject().put("cancelGraceMs", 60_000))) {
      Object pid = running.call(Call.of("pid"));
      for (int i = 0; i < 10; i++) {
        assertThat(running.failure(sleep(600).timeoutMs(50)).code())
            .isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      }
      assertThat(running.call(Call.of("pid"))).isEqualTo(pid);
      assertThat(Pools.pool(running).getInteger("busy")).isZero();
    }
  }

  /** Q5. Fails if Failover does not requeue, or does it with every call. */
  @Test
  void anIdempotentCallIsTriedOnAnotherWorker() throws Exception {
    Path trace = directory.resolve("trace");
    try (RunningSnakepit running = start(new JsonObject().put("size", 2))) {
      Call call = Call.of("crash_once").with("path", trace.toString());
      Object survivor = running.call(call.idempotent(true));
      List<String> tried = Files.readAllLines(trace);
      assertThat(tried).hasSize(2).doesNotHaveDuplicates().endsWith(survivor.toString());
      Files.delete(trace);
      assertThat(running.failure(call).code()).isEqualTo(ErrorCode.WORKER_CRASHED);
    }
  }

  /**
   * Decision 8: a stopped worker is ended with a call in its socket. Fails with WORKER_CRASHED if
   * Worker does not tell a reset from an end-of-file.
   */
  @Test
  void aCallThatItsWorkerHasNeverReadMovesOnThoughItIsNotIdempotent() {
    JsonObject heartbeat = new JsonObject().put("enabled", false);
    try (RunningSnakepit running = start(new JsonObject().put("heartbeat", heartbeat))) {
      long first = (Integer) running.call(Call.of("pid"));
      Pools.freeze(first);
      Future<Result> moved = running.snakepit().execute(Call.of("pid"));
      Pools.awaitRunning(running, 1);
      Signals.send(first, Signals.KILL);
      assertThat(((Number) await(moved).json()).longValue()).isNotEqualTo(first);
      assertThat(Pools.pool(running).getJsonObject("counters").getInteger("WORKER_CRASHED"))
          .isZero();
    }
  }

  /**
   * Q4. Every caller gets one answer, and the pool is whole again. Fails if Failover answers
   * nobody, or Restarts fills no place.
   */
  @Test
  void survivesACrashStorm() {
    JsonObject pool =
        new JsonObject().put("size", 8).put("restart", new JsonObject().put("maxCrashes", 0));
    try (RunningSnakepit running = start(pool)) {
      Storm storm = new Storm(running);
      storm.run(16, 50);
      assertThat(storm.outcomes.keySet()).isSubsetOf("OK", ErrorCode.WORKER_CRASHED.name());
      int all = storm.outcomes.values().stream().mapToInt(AtomicInteger::get).sum();
      int lost = storm.count(ErrorCode.WORKER_CRASHED.name());
      assertThat(lost).isLessThanOrEqualTo(50);
      assertThat(storm.count("OK")).isGreaterThan(all * 9 / 10);
      Pools.awaitReady(running, 8);
      JsonArray records = running.askAll(Addresses.REGISTRY, new JsonObject());
      await()
          .atMost(Pools.PATIENCE)
          .until(() -> running.askAll(Addresses.REGISTRY, new JsonObject()).size() == 9);
      assertThat(records).isNotEmpty();
      assertThat(Pools.pool(running).getInteger("queued")).isZero();
    }
  }

  /** Callers that call without a pause while workers are killed. */
  private static final class Storm {
    private final RunningSnakepit running;
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger calling = new AtomicInteger();

    Storm(RunningSnakepit running) {
      this.running = running;
    }

    int count(String outcome) {
      return outcomes.getOrDefault(outcome, new AtomicInteger()).get();
    }

    void run(int callers, int kills) {
      IntStream.range(0, callers).forEach(i -> callOn());
      Random random = new Random(4);
      for (int kill = 0; kill < kills; kill++) {
        int before = count("OK");
        List<Long> pids = Pools.pids(running);
        ProcessHandle.of(pids.get(random.nextInt(pids.size())))
            .ifPresent(ProcessHandle::destroyForcibly);
        await().atMost(Pools.PATIENCE).until(() -> count("OK") > before + 20);
      }
      over.set(true);
      await().atMost(Pools.PATIENCE).until(() -> calling.get() == 0);
    }

    private void callOn() {
      if (over.get()) {
        return;
      }
      calling.incrementAndGet();
      running
          .snakepit()
          .execute(sleep(0.002))
          .onComplete(
              answer -> {
                String outcome =
                    answer.failed() ? ((SnakepitException) answer.cause()).code().name() : "OK";
                outcomes.computeIfAbsent(outcome, made -> new AtomicInteger()).incrementAndGet();
                calling.decrementAndGet();
                callOn();
              });
    }
  }

  /** Q11. Fails if the circuit does not open. */
  @Test
  void aPoolInACrashLoopDoesNotTouchTheOther() {
    JsonObject common =
        new JsonObject()
            .put("adapter", module)
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 2);
    JsonObject bad =
        common
            .copy()
            .put(
                "restart",
                new JsonObject()
                    .put("maxCrashes", 4)
                    .put("backoffMs", new JsonArray().add(0).add(50)));
    JsonObject pools = new JsonObject().put("good", common).put("bad", bad);
    try (RunningSnakepit running =
        RunningSnakepit.start(directory, new JsonObject().put("pools", pools))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      for (int i = 0; i < 40; i++) {
        running.snakepit().execute(Call.of("crash").pool("bad"));
        assertThat(running.call(Call.of("ping").pool("good"))).isEqualTo("pong");
      }
      events.await(Event.POOL_CIRCUIT_OPEN);
      JsonObject good = Pools.pool(running, "good");
      assertThat(good.getString("state")).isEqualTo("ready");
      assertThat(good.getJsonObject("counters").getInteger("restarts")).isZero();
      assertThat(good.getJsonObject("counters").getInteger("OK")).isEqualTo(40);
      assertThat(events.of(Event.WORKER_CRASHED))
          .allMatch(event -> event.getString("pool").equals("bad"));
    }
  }

  /**
   * Q16. Each ends in its own code, and the pool keeps serving. Fails if Restarts fills no place.
   */
  @Test
  void whateverToolsDoThePoolKeepsServing() {
    JsonObject pool =
        new JsonObject()
            .put("cancelGraceMs", 100)
            .put("limits", new JsonObject().put("memoryBytes", 1L << 30));
    try (RunningSnakepit running = start(pool)) {
      running.call(Call.of("crash_on_third"));
      running.call(Call.of("crash_on_third"));
      assertThat(running.failure(Call.of("crash_on_third")).code())
          .isEqualTo(ErrorCode.WORKER_CRASHED);
      Pools.awaitReady(running, 1);
      assertThat(running.failure(sleep(600).timeoutMs(50)).code())
          .isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      RecordedEvents events = new RecordedEvents(running.vertx());
      assertThat(running.call(Call.of("slow_death"))).isEqualTo("dying");
      events.await(Event.WORKER_CRASHED);
      Pools.awaitReady(running, 1);
      SnakepitException leak = running.failure(Call.of("leak").with("megabytes", 4_000));
      assertThat(leak.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
      assertThat(leak.python().type()).isEqualTo("MemoryError");
      assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
    }
  }
}
