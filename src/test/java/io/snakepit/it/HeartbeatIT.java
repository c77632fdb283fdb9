package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.Result;
import io.snakepit.bus.Addresses;
import io.snakepit.process.Signals;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H: hung workers are found and replaced; busy ones are left alone. */
class HeartbeatIT {
  private static final int CONTINUE = 18;
  private static final long DEADLINE_S = 120;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private RunningSnakepit start(JsonObject heartbeat) {
    return start(heartbeat, new JsonObject());
  }

  private RunningSnakepit start(JsonObject heartbeat, JsonObject pool) {
    String module = TestAdapters.write(directory, "hearts", TestAdapters.HOSTILE);
    return RunningSnakepit.start(directory, module, pool.put("heartbeat", heartbeat));
  }

  private static JsonObject quick() {
    return new JsonObject().put("intervalMs", 200).put("timeoutMs", 3_000).put("maxMissed", 3);
  }

  /**
   * H1, H7, H8, at the defaults. Fails if HeartbeatVerticle sends nothing to {@code
   * Addresses.hung}.
   */
  @Test
  void aWorkerThatWasStoppedIsFoundAndReplaced() {
    try (RunningSnakepit running = start(new JsonObject())) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      long frozen = Pools.settledPids(running).get(0);
      Pools.freeze(frozen);

      JsonObject timeout = events.await(Event.HEARTBEAT_TIMEOUT);
      assertThat(timeout.getString("worker")).isEqualTo("default-1");
      assertThat(timeout.getString("reason")).contains("no sign of life");
      assertThat(events.of(Event.HEARTBEAT_MISSED)).hasSizeBetween(1, 3);
      assertThat(events.await(Event.WORKER_CRASHED).getString("reason"))
          .contains("no sign of life");
      Pools.awaitReady(running, 1);
      assertThat(Pools.pids(running)).hasSize(1).doesNotContain(frozen);
      assertThat(running.call(Call.of("pid")))
          .isEqualTo(Math.toIntExact(Pools.settledPids(running).get(0)));
      assertThat(Pools.pool(running).getJsonObject("counters").getLong("restarts")).isEqualTo(1);
    }
  }

  /**
   * H1: no code of Python's own runs, and it must be found all the same. Fails like the one before.
   */
  @Test
  void aWorkerThatHoldsTheInterpretersLockIsFoundAndReplaced() {
    try (RunningSnakepit running = start(quick())) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      Future<Result> hanging =
          running.snakepit().execute(Call.of("hang_in_c").with("seconds", 600));
      events.await(Event.HEARTBEAT_TIMEOUT);
      assertThat(Pools.failureOf(hanging).code()).isEqualTo(ErrorCode.WORKER_CRASHED);
      assertThat(Pools.failureOf(hanging).getMessage()).contains("no sign of life");
      Pools.awaitReady(running, 1);
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
    }
  }

  /**
   * Decision 8: another worker runs the call. Fails with WORKER_CRASHED if Worker hears no more of
   * its link once it is to end.
   */
  @Test
  void aCallThatAStoppedWorkerHasNeverReadRunsOnItsReplacement() {
    try (RunningSnakepit running = start(quick())) {
      long frozen = Pools.settledPids(running).get(0);
      Pools.freeze(frozen);
      Object answeredBy = running.call(Call.of("pid"));
      assertThat(((Number) answeredBy).longValue()).isNotEqualTo(frozen);
    }
  }

  /** H2. Fails if HeartbeatVerticle does not look at {@code dependent}. */
  @Test
  void anIndependentWorkerIsToldOfAndKept() {
    try (RunningSnakepit running = start(quick().put("dependent", false))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      long frozen = Pools.settledPids(running).get(0);
      Pools.freeze(frozen);
      events.await(Event.HEARTBEAT_TIMEOUT, 2);
      Signals.send(frozen, CONTINUE);
      events.await(Event.HEARTBEAT_RECOVERED);
      assertThat(running.call(Call.of("pid"))).isEqualTo(Math.toIntExact(frozen));
      assertThat(events.of(Event.WORKER_KILLED)).isEmpty();
    }
  }

  /**
   * H3: the control thread answers while Python computes; a minute of it is the chaos run's. Fails
   * if {@code Control} answers no ping once a call has begun.
   */
  @Test
  void aLongCallIsNoAlarm() {
    try (RunningSnakepit running = start(quick().put("intervalMs", 500))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      assertThat((Integer) running.call(Call.of("spin").with("seconds", 5.0))).isPositive();
      assertThat(events.of(Event.HEARTBEAT_TIMEOUT)).isEmpty();
      assertThat(events.of(Event.WORKER_CRASHED)).isEmpty();
    }
  }

  /**
   * L7: its control thread answers nothing for as long as it takes to be found hung four times, and
   * hears nothing from its host for longer than {@code silenceMs}. Fails if HeartbeatVerticle does
   * not read the processor time of workers.
   */
  @ParameterizedTest
  @ValueSource(strings = {"process", "async"})
  void aWorkerThatComputesWithTheInterpretersLockHeldIsServed(String profile) {
    try (RunningSnakepit running =
        start(quick().put("silenceMs", 1_000), new JsonObject().put("profile", profile))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      long pid = Pools.settledPids(running).get(0);
      assertThat(running.call(Call.of("compute_in_c").with("seconds", 3.0))).isEqualTo(3.0);
      assertThat(running.call(Call.of("pid"))).isEqualTo(Math.toIntExact(pid));
      assertThat(events.of(Event.HEARTBEAT_TIMEOUT)).isEmpty();
      assertThat(events.of(Event.HEARTBEAT_MISSED)).hasSizeLessThan(3);
    }
  }

  /**
   * The application's code may wait for this very pool. Fails if the verticle takes its turn behind
   * it: then no worker is looked at any more, and none gets a ping.
   */
  @Test
  void nobodyElsesBlockingCodeKeepsWorkersFromBeingWatched() {
    Vertx vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(1));
    String module = TestAdapters.write(directory, "hearts", TestAdapters.HOSTILE);
    JsonObject pool =
        new JsonObject()
            .put("adapter", module)
            .put("python", TestPython.executable().toString())
            .put("pythonPath", List.of(directory.toString()))
            .put("size", 2)
            .put("executeTimeoutMs", 60_000)
            .put("heartbeat", quick());
    JsonObject pools = new JsonObject().put("default", pool);
    CountDownLatch end = new CountDownLatch(1);
    try (RunningSnakepit running =
        RunningSnakepit.start(vertx, directory, new JsonObject().put("pools", pools))) {
      try {
        watchesWhileBlocked(running, end);
      } finally {
        end.countDown();
      }
    }
  }

  private static void watchesWhileBlocked(RunningSnakepit running, CountDownLatch end) {
    Future<Result> computing =
        running.snakepit().execute(Call.of("compute_in_c").with("seconds", 8.0));
    Pools.awaitRunning(running, 1);
    JsonObject idle = idleWorker(running);
    RecordedEvents events = new RecordedEvents(running.vertx());
    running.vertx().executeBlocking(() -> end.await(DEADLINE_S, TimeUnit.SECONDS));
    Pools.freeze(idle.getLong("pid"));
    assertThat(events.await(Event.HEARTBEAT_TIMEOUT).getString("worker"))
        .isEqualTo(idle.getString("worker"));
    assertThat(RunningSnakepit.await(computing).json()).isEqualTo(8.0);
    assertThat(events.of(Event.HEARTBEAT_TIMEOUT)).hasSize(1);
  }

  private static JsonObject idleWorker(RunningSnakepit running) {
    Pools.settledPids(running);
    return running.askAll(Addresses.WORKERS, new JsonObject()).stream()
        .map(JsonObject.class::cast)
        .filter(worker -> worker.getString("state").equals("idle"))
        .findFirst()
        .orElseThrow();
  }

  /** Fails if a worker that computes is let live for as long as it does. */
  @Test
  void aWorkerThatComputesBeyondItsCallsDeadlineIsReplaced() {
    try (RunningSnakepit running = start(quick(), new JsonObject().put("cancelGraceMs", 300))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      Call endless = Call.of("compute_in_c").with("seconds", 600).timeoutMs(1_500);
      assertThat(running.failure(endless).code()).isEqualTo(ErrorCode.EXECUTE_TIMEOUT);
      assertThat(events.await(Event.WORKER_KILLED).getString("reason"))
          .contains("after the deadline");
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
      assertThat(events.of(Event.HEARTBEAT_TIMEOUT)).isEmpty();
    }
  }

  /** Fails if {@code Pulse} does not tell whether the worker has a call. */
  @Test
  void aWorkerThatComputesThoughItHasNoCallIsReplaced() {
    try (RunningSnakepit running = start(quick())) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      running.call(Call.of("compute_behind").with("seconds", 600));
      assertThat(events.await(Event.HEARTBEAT_TIMEOUT).getString("reason"))
          .contains("no sign of life");
      events.await(Event.WORKER_READY);
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  /** H4. Fails if HeartbeatVerticle does not look at {@code enabled}. */
  @Test
  void withoutHeartbeatsThePoolWorksAndNobodyIsWatched() {
    try (RunningSnakepit running = start(quick().put("enabled", false))) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      long pid = Pools.settledPids(running).get(0);
      Pools.freeze(pid);
      await().during(Duration.ofMillis(1_500)).until(() -> Pools.pids(running).contains(pid));
      Signals.send(pid, CONTINUE);
      assertThat(running.call(Call.of("pid"))).isEqualTo(Math.toIntExact(pid));
      assertThat(events.names()).noneMatch(name -> name.startsWith("heartbeat."));
    }
  }

  /** A long start is no silence. Fails if only workers that are ready get pings. */
  @Test
  void aWorkerThatTakesLongToStartHearsFromItsHost() {
    String module =
        TestAdapters.write(
            directory,
            "slow",
            """
            import time
            from snakepit import Adapter, tool
            class A(Adapter):
                def start(self, worker):
                    time.sleep(5)
                @tool
                def ok(self) -> bool:
                    return True
            """);
    JsonObject pool = new JsonObject().put("heartbeat", quick().put("silenceMs", 1_000));
    try (RunningSnakepit running = RunningSnakepit.start(directory, module, pool)) {
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  /**
   * H5, H9 from this side: what the host sends keeps workers alive, however short the limit. Fails
   * if {@code Worker} sends no pings.
   */
  @Test
  void theHostsPingsKeepIdleWorkersAlive() {
    try (RunningSnakepit running = start(quick().put("silenceMs", 1_000))) {
      long pid = Pools.settledPids(running).get(0);
      await()
          .during(Duration.ofSeconds(4))
          .atMost(Pools.PATIENCE)
          .until(() -> Pools.pids(running).contains(pid));
    }
  }
}
