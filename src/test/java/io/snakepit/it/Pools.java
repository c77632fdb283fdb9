package io.snakepit.it;

import static org.awaitility.Awaitility.await;

import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.process.ProcessTable;
import io.snakepit.process.Signals;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** Questions that tests ask a running pool again and again. */
final class Pools {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int SIGSTOP = 19;

  private Pools() {}

  /**
   * Stops a process, and waits until it stands still: the signal is only on its way when the system
   * call that sends it returns.
   */
  static void freeze(long pid) {
    Signals.send(pid, SIGSTOP);
    await().atMost(PATIENCE).until(() -> state(pid) == 'T');
  }

  private static char state(long pid) {
    ProcessTable.Entry entry = ProcessTable.system().read(pid);
    return entry == null ? 'X' : entry.state();
  }

  /** Returns the workers' pids, once all are known: a keeper's word may come after its worker's. */
  static List<Long> settledPids(RunningSnakepit running) {
    await().atMost(PATIENCE).until(() -> !pids(running).contains(0L));
    return pids(running);
  }

  /** Returns the pids of the pool's workers, in no order. */
  static List<Long> pids(RunningSnakepit running) {
    JsonArray workers = running.askAll(Addresses.WORKERS, new JsonObject());
    return workers.stream().map(w -> ((JsonObject) w).getLong("pid")).toList();
  }

  static JsonObject pool(RunningSnakepit running) {
    return pool(running, "default");
  }

  static JsonObject pool(RunningSnakepit running, String name) {
    return running.ask(Addresses.POOLS, new JsonObject().put("pool", name));
  }

  /** Waits until that many workers can take calls. */
  static void awaitReady(RunningSnakepit running, int workers) {
    await().atMost(PATIENCE).until(() -> pool(running).getInteger("ready") == workers);
  }

  /** Waits until workers have so many calls. */
  static void awaitRunning(RunningSnakepit running, int calls) {
    await().atMost(PATIENCE).until(() -> pool(running).getInteger("running") == calls);
  }

  /** Waits for a future to fail, and returns its failure. */
  static SnakepitException failureOf(Future<?> future) {
    try {
      RunningSnakepit.await(future);
    } catch (RunningSnakepit.FailedException e) {
      return (SnakepitException) e.getCause();
    }
    throw new AssertionError("should have failed");
  }
}
