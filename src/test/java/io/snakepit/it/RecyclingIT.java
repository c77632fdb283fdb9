package io.snakepit.it;

import static io.snakepit.testing.RunningSnakepit.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.Pool;
import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.WorkerInfo;
import io.snakepit.bus.Addresses;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Workers are recycled, rolled and resized under load, with real processes. */
class RecyclingIT extends PressureTestBase {
  private static int recycled(RunningSnakepit running) {
    return Pools.pool(running).getJsonObject("counters").getInteger("recycled");
  }

  /** Callers that never pause; counts what fails, and how few workers were ever ready. */
  private static final class Load implements AutoCloseable {
    private final RunningSnakepit running;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger calling = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    Load(RunningSnakepit running, int callers) {
      this.running = running;
      IntStream.range(0, callers).forEach(i -> callOn());
    }

    private void callOn() {
      if (over.get()) {
        return;
      }
      calling.incrementAndGet();
      running
          .snakepit()
          .execute(Call.of("sleep").with("seconds", 0.001))
          .onComplete(
              answer -> {
                (answer.failed() ? failed : answered).incrementAndGet();
                calling.decrementAndGet();
                callOn();
              });
    }

    void awaitAnswers(int more) {
      int target = answered.get() + more;
      await().atMost(Pools.PATIENCE).until(() -> answered.get() >= target);
    }

    @Override
    public void close() {
      over.set(true);
      await().atMost(Pools.PATIENCE).until(() -> calling.get() == 0);
      assertThat(failed.get()).as("failed calls").isZero();
    }
  }

  /**
   * Q8. Fails if the old worker goes before the new one is ready, or stays. That it is so, for some
   * milliseconds only, the events tell: to look at the pool would mostly be too late.
   */
  @Test
  void byRequestsWithoutAFailedCallOrAMissingWorker() {
    JsonObject recycle = new JsonObject().put("maxRequests", 40);
    try (RunningSnakepit running = start(new JsonObject().put("size", 2).put("recycle", recycle))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      try (Load load = new Load(running, 6)) {
        while (recycled(running) < 10) {
          load.awaitAnswers(10);
        }
      }
      events.await(Event.WORKER_STOPPING, 10);
      int ready = 2;
      for (String event : events.names()) {
        ready += event.equals(Event.WORKER_READY.id()) ? 1 : 0;
        ready -= event.equals(Event.WORKER_STOPPING.id()) ? 1 : 0;
        assertThat(ready).as("workers, after %s", event).isGreaterThanOrEqualTo(2);
      }
    }
  }

  /** Q8. Fails if Wear does not look at the age, or at the errors. */
  @Test
  void byAgeAndByErrors() {
    JsonObject recycle = new JsonObject().put("maxAgeMs", 400).put("maxErrorRate", 0.5);
    try (RunningSnakepit running = start(new JsonObject().put("recycle", recycle))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      assertThat(events.await(Event.WORKER_RECYCLED).getString("reason")).contains("maxAgeMs");
    }
    recycle.put("maxAgeMs", 0);
    try (RunningSnakepit running = start(new JsonObject().put("recycle", recycle))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      for (int i = 0; i < 20; i++) {
        running.failure(Call.of("fail"));
      }
      assertThat(events.await(Event.WORKER_RECYCLED).getString("reason")).contains("maxErrorRate");
    }
  }

  /** Q9. Fails if the worker does not tell what it holds, or Wear does not look at it. */
  @Test
  void aLeakIsRecycledBeforeMemoryRunsOut() {
    JsonObject recycle = new JsonObject().put("maxMemoryBytes", 500 << 20);
    try (RunningSnakepit running = start(new JsonObject().put("recycle", recycle))) {
      for (int i = 0; i < 100; i++) {
        Object held = running.call(Call.of("leak").with("megabytes", 100));
        assertThat((Integer) held).as("calls that one worker has leaked").isLessThan(20);
      }
      await().atMost(Pools.PATIENCE).until(() -> recycled(running) >= 5);
      assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
    }
  }

  /** Q13. Fails if the fork server is not replaced, or old workers go first. */
  @Test
  void aRollBringsNewCodeWithoutAFailedCall() {
    try (RunningSnakepit running = start(new JsonObject().put("size", 2));
        Load load = new Load(running, 6)) {
      assertThat(running.call(Call.of("version"))).isEqualTo(1);
      String changed = TestAdapters.PRESSURE.replace("VERSION = 1", "VERSION = 22");
      TestAdapters.write(directory, "pressure", changed);
      running.ask(Addresses.roll("default"), new JsonObject());
      await().atMost(Pools.PATIENCE).until(() -> rollOf(running).getString("state").equals("done"));
      assertThat(rollOf(running).getInteger("done")).isEqualTo(2);
      assertThat(running.call(Call.of("version"))).isEqualTo(22);
      load.awaitAnswers(50);
    }
  }

  /**
   * Q13: new code that can't be imported must not cost a working pool. Fails if Roll is never given
   * up.
   */
  @Test
  void aRollToBrokenCodeIsGivenUpAndTheOldWorkersGoOn() {
    try (RunningSnakepit running = start(new JsonObject().put("size", 2));
        Load load = new Load(running, 4)) {
      TestAdapters.write(directory, "pressure", "raise RuntimeError('broken release')");
      running.ask(Addresses.roll("default"), new JsonObject());
      await()
          .atMost(Pools.PATIENCE)
          .until(() -> rollOf(running).getString("state").equals("failed"));
      assertThat(rollOf(running).getString("fault")).contains("broken release");
      assertThat(running.call(Call.of("version"))).isEqualTo(1);
      assertThat(Pools.pool(running).getInteger("ready")).isEqualTo(2);
      load.awaitAnswers(50);
    }
  }

  private static JsonObject rollOf(RunningSnakepit running) {
    return Pools.pool(running).getJsonObject("roll");
  }

  /** Q7, Q15. Fails if bindings stay with a worker that is to go. */
  @Test
  void aSessionStaysWithItsWorkerAndLearnsOfItsLoss() {
    JsonObject pool = new JsonObject().put("size", 3).put("affinity", "strict_queue");
    try (RunningSnakepit running = start(pool)) {
      Call count = Call.of("count").session("s-1");
      int pid = 0;
      for (int n = 1; n <= 5; n++) {
        JsonArray answer = (JsonArray) running.call(count);
        assertThat(answer.getInteger(1)).isEqualTo(n);
        pid = answer.getInteger(0);
      }
      running.ask(Addresses.RECYCLE, new JsonObject().put("worker", workerOf(running, pid)));
      assertThat(running.failure(count).code()).isEqualTo(ErrorCode.SESSION_WORKER_UNAVAILABLE);
      JsonArray anew = (JsonArray) running.call(count);
      assertThat(anew.getInteger(1)).isEqualTo(1);
      assertThat(anew.getInteger(0)).isNotEqualTo(pid);
    }
  }

  /**
   * Q15 with {@code hint}: no failure, the session is bound anew. Fails if Recycling does not
   * unbind a worker that is due.
   */
  @Test
  void aHintedSessionMovesWithoutAFailure() {
    try (RunningSnakepit running = start(new JsonObject().put("size", 2))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      Call count = Call.of("count").session("s-1");
      int pid = ((JsonArray) running.call(count)).getInteger(0);
      running.ask(Addresses.RECYCLE, new JsonObject().put("worker", workerOf(running, pid)));
      running.call(count);
      assertThat(events.await(Event.SESSION_REHOMED).getString("session")).isEqualTo("s-1");
    }
  }

  private static String workerOf(RunningSnakepit running, int pid) {
    return running.askAll(Addresses.WORKERS, new JsonObject()).stream()
        .map(JsonObject.class::cast)
        .filter(worker -> worker.getInteger("pid") == pid)
        .map(worker -> worker.getString("worker"))
        .findFirst()
        .orElseThrow();
  }

  /** Q13. Fails if a drained pool takes calls, or a larger one starts no worker. */
  @Test
  void isDrainedResumedAndResizedOnDemand() {
    try (RunningSnakepit running = start(new JsonObject().put("size", 1))) {
      JsonObject drained = running.ask(Addresses.drain("default"), new JsonObject());
      assertThat(drained.getString("state")).isEqualTo("drained");
      assertThat(running.failure(Call.of("ping")).code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
      running.ask(Addresses.resume("default"), new JsonObject());
      assertThat(running.call(Call.of("ping"))).isEqualTo("pong");
      running.ask(Addresses.resize("default"), new JsonObject().put("size", 3));
      Pools.awaitReady(running, 3);
      running.ask(Addresses.resize("default"), new JsonObject().put("size", 1));
      await().atMost(Pools.PATIENCE).until(() -> Pools.pids(running).size() == 1);
      assertThat(await(running.snakepit().execute(Call.of("ping"))).json()).isEqualTo("pong");
    }
  }

  /** The Java API gives the same orders, and those to a worker. Fails like the one before. */
  @Test
  void javaCodeGivesOrdersToo() {
    try (RunningSnakepit running = start(new JsonObject().put("size", 1))) {
      Pool pool = running.snakepit().pool("default");
      assertThat(await(pool.drain()).state()).isEqualTo("drained");
      assertThat(running.failure(Call.of("ping")).code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
      assertThat(await(pool.resume()).state()).isEqualTo("ready");
      assertThat(await(pool.resize(2)).workers().size()).isEqualTo(2);
      Pools.awaitReady(running, 2);
      assertThat(await(pool.roll()).roll().total()).isEqualTo(2);
      await().atMost(Pools.PATIENCE).until(() -> await(pool.info()).roll().state().equals("done"));
      replacedBy(pool, pool::recycle);
      replacedBy(pool, pool::kill);
      await(pool.resize(1, 3, Duration.ofMillis(100)));
      await().atMost(Pools.PATIENCE).until(() -> await(pool.info()).workers().ready() == 1);
      assertThat(Pools.failureOf(pool.kill("default-999")).code())
          .isEqualTo(ErrorCode.WORKER_NOT_FOUND);
      assertThat(Pools.failureOf(pool.resize(0)).getMessage()).contains("between 1 and 1000");
      assertThatThrownBy(() -> running.snakepit().pool("nobody"))
          .hasMessageContaining("there is no pool");
      await(running.snakepit().stop());
      assertThat(Pools.failureOf(pool.info()).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
    }
  }

  private static void replacedBy(Pool pool, Function<String, Future<Void>> order) {
    Set<String> before = workersOf(pool);
    String victim = before.iterator().next();
    await(order.apply(victim));
    await()
        .atMost(Pools.PATIENCE)
        .until(
            () -> !workersOf(pool).contains(victim) && await(pool.info()).workers().ready() == 2);
  }

  private static Set<String> workersOf(Pool pool) {
    return await(pool.workers()).stream().map(WorkerInfo::worker).collect(Collectors.toSet());
  }

  @Test
  void growsWhileCallsWaitAndShrinksWhenIdle() {
    JsonObject size = new JsonObject().put("min", 1).put("max", 4).put("idleMs", 300);
    try (RunningSnakepit running = start(new JsonObject().put("size", size))) {
      try (Load load = new Load(running, 8)) {
        await().atMost(Pools.PATIENCE).until(() -> Pools.pids(running).size() == 4);
        load.awaitAnswers(20);
      }
      await().atMost(Pools.PATIENCE).until(() -> Pools.pids(running).size() == 1);
      assertThat(Pools.pool(running).getString("state")).isEqualTo("ready");
    }
  }
}
