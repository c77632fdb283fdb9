package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.process.Signals;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool survives the end of its processes, and its processes don't survive the pool's. */
class SupervisionIT {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  @Test
  void aPoolSurvivesTheDeathOfItsKeeper() {
    try (RunningSnakepit running = start(new JsonObject().put("size", 2))) {
      long worker = pids(running).get(0);
      long keeper = parent(parent(worker));
      Future<Result> busy = running.snakepit().execute(Call.of("hang_in_c").with("seconds", 600));
      // Else it may come after the kill, and hang a worker of the next keeper.
      Pools.awaitRunning(running, 1);
      Signals.send(keeper, Signals.KILL);

      SnakepitException error = failureOf(busy);
      assertThat(error.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
      assertThat(error.getMessage()).contains("keeper");
      Pools.awaitReady(running, 2);
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
      assertThat(pids(running)).doesNotContain(worker);
    }
  }

  /** Fails if each worker that ends with its keeper counts as a crash of its own. */
  @Test
  void theDeathOfAKeeperIsOneCrash() {
    JsonObject restart = new JsonObject().put("maxCrashes", 3);
    try (RunningSnakepit running = start(new JsonObject().put("size", 4).put("restart", restart))) {
      Signals.send(parent(parent(pids(running).get(0))), Signals.KILL);
      await()
          .atMost(Pools.PATIENCE)
          .until(
              () -> Pools.pool(running).getJsonObject("counters").getLong("restarts").equals(4L));
      assertThat(Pools.pool(running).getString("state")).isNotEqualTo("open");
      Pools.awaitReady(running, 4);
      assertThat(Pools.pool(running).getString("state")).isEqualTo("ready");
    }
  }

  @Test
  void aWorkerThatClosesItsConnectionsIsReplacedThoughItsProcessLives() {
    TestAdapters.write(
        directory,
        "closer",
        """
        import os, time
        from snakepit import tool
        @tool
        def close_all() -> None:
            os.closerange(3, 200)
            time.sleep(600)
        @tool
        def ok() -> bool:
            return True
        """);
    try (RunningSnakepit running = RunningSnakepit.start(directory, "closer", new JsonObject())) {
      SnakepitException error = running.failure(Call.of("close_all"));
      assertThat(error.code()).isEqualTo(ErrorCode.WORKER_CRASHED);
      Pools.awaitReady(running, 1);
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  @Test
  void aWorkerThatEndsTakesItsDescendantsAlong() {
    try (RunningSnakepit running = start(new JsonObject())) {
      running.call(Call.of("grandchild"));
      running.failure(Call.of("kill_self"));
      Pools.awaitReady(running, 1);
    }
  }

  @Test
  void bothStartMethodsServe() {
    try (RunningSnakepit running = start(new JsonObject().put("startMethod", "spawn"))) {
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
      running.failure(Call.of("exit_now").with("status", 1));
      Pools.awaitReady(running, 1);
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
    }
  }

  @Test
  void anAdapterThatLeavesThreadsRunningIsSpawned() {
    TestAdapters.write(
        directory,
        "threads",
        """
        import threading
        from snakepit import tool
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        @tool
        def ok() -> bool:
            return True
        """);
    try (RunningSnakepit running =
        RunningSnakepit.start(directory, "threads", new JsonObject().put("size", 2))) {
      assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    }
  }

  /** P8. Fails if {@code Drain.begin} sets the limit to now. */
  @Test
  void stoppingFinishesWhatRunsAndRefusesWhatIsNew() {
    RunningSnakepit running = start(new JsonObject().put("size", 1));
    Snakepit snakepit = running.snakepit();
    List<Future<Result>> calls =
        IntStream.range(0, 5)
            .mapToObj(i -> snakepit.execute(Call.of("wait").with("seconds", 0.1)))
            .toList();
    Future<Void> stopped = snakepit.stop();
    Future<Result> late = snakepit.execute(Call.of("on_main_thread"));

    assertThat(failureOf(late).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
    RunningSnakepit.await(stopped);
    for (Future<Result> call : calls) {
      assertThat(RunningSnakepit.await(call).json()).isEqualTo("waited");
    }
    assertThat(failureOf(snakepit.execute(Call.of("on_main_thread"))).code())
        .isEqualTo(ErrorCode.SHUTTING_DOWN);
    running.close();
  }

  /** P8. Fails if {@code Drain.end} kills nobody: the stop would never be over. */
  @Test
  void whatDoesNotFinishWithinTheDrainIsCancelled() {
    RunningSnakepit running =
        start(
            new JsonObject().put("size", 1).put("shutdown", new JsonObject().put("drainMs", 200)));
    Future<Result> hanging = running.snakepit().execute(Call.of("hang_in_c").with("seconds", 600));
    Future<Result> queued = running.snakepit().execute(Call.of("on_main_thread"));
    RunningSnakepit.await(running.snakepit().stop());
    assertThat(failureOf(hanging).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(failureOf(queued).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
    running.close();
  }

  /** P13. Fails if {@code Escalation} stays at SIGTERM. */
  @Test
  void aWorkerThatDoesNotWantToEndIsMadeTo() {
    TestAdapters.write(
        directory,
        "stubborn",
        """
        import signal, time
        from snakepit import Adapter, tool
        class A(Adapter):
            def start(self, worker):
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            def stop(self):
                time.sleep(600)
            @tool
            def ok(self) -> bool:
                return True
        """);
    RunningSnakepit running =
        RunningSnakepit.start(
            directory,
            "stubborn",
            new JsonObject().put("shutdown", new JsonObject().put("termGraceMs", 100)));
    assertThat(running.call(Call.of("ok"))).isEqualTo(true);
    running.close();
  }

  /** Fails without the close hook: the verticles would be deployed anew while Vert.x ends. */
  @Test
  void aVertxThatIsClosedTakesEverythingAlong() {
    RunningSnakepit running = start(new JsonObject().put("size", 2));
    Future<Result> busy = running.snakepit().execute(Call.of("wait").with("seconds", 0.5));
    RunningSnakepit.await(running.vertx().close());
    assertThat(busy.result().json()).as("it is drained").isEqualTo("waited");
    Leftovers.assertNone(directory);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  /** P14. Fails without both {@code isAlive} and the lock: DeadRunsTest proves each alone. */
  @Test
  void twoHostsMayShareADataDirectory() {
    try (RunningSnakepit one = start(new JsonObject())) {
      RunningSnakepit two = start(new JsonObject());
      assertThat(two.call(Call.of("on_main_thread"))).isEqualTo(true);
      two.close();
      assertThat(one.call(Call.of("on_main_thread"))).isEqualTo(true);
    }
  }

  @Test
  void aLongDataDirectoryLeavesRoomForSockets() throws Exception {
    Path deep = Files.createDirectories(directory.resolve("d".repeat(60)).resolve("e".repeat(60)));
    String module = TestAdapters.write(deep, "chaos", TestAdapters.HOSTILE);
    try (RunningSnakepit running = RunningSnakepit.start(deep, module, new JsonObject())) {
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
    }
  }

  private RunningSnakepit start(JsonObject pool) {
    String module =
        TestAdapters.write(
            directory,
            "chaos",
            TestAdapters.HOSTILE
                + "\n@tool\ndef wait(seconds: float) -> str:\n    time.sleep(seconds)\n    return 'waited'\n");
    return RunningSnakepit.start(directory, module, pool);
  }

  private static SnakepitException failureOf(Future<?> future) {
    return Pools.failureOf(future);
  }

  private static List<Long> pids(RunningSnakepit running) {
    return Pools.settledPids(running);
  }

  private static long parent(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
  }
}
