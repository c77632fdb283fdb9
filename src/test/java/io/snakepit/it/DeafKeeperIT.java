package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.Event;
import io.snakepit.bus.Addresses;
import io.snakepit.process.ProcessTable;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P13: a keeper that neither kills nor reports is replaced. */
class DeafKeeperIT {

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  /** Fails without {@code Escalation.Step.REPLACE_KEEPER}: the place would be lost for good. */
  @Test
  void aKeeperThatReportsNoEndsIsReplaced() {
    try (RunningSnakepit running = start(2)) {
      RecordedEvents events = new RecordedEvents(running.vertx());
      long keeper = parent(parent(Pools.settledPids(running).get(0)));
      Pools.freeze(keeper);
      running.failure(Call.of("kill_self"));
      assertThat(events.await(Event.WORKER_CRASHED).getString("reason")).contains("keeper");
      Pools.awaitReady(running, 2);
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
      assertThat(ProcessHandle.of(keeper).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  /**
   * Fails where {@code Nursery.killDirectly} does nothing: then the worker would live until its
   * keeper is replaced.
   */
  @Test
  void aWorkerWhoseKeeperIsDeafIsKilledDirectly() {
    try (RunningSnakepit running = start(2)) {
      long worker = Pools.settledPids(running).get(0);
      long keeper = parent(parent(worker));
      Pools.freeze(keeper);
      running.ask(Addresses.KILL, new JsonObject().put("worker", "default-1"));
      running.ask(Addresses.KILL, new JsonObject().put("worker", "default-2"));
      ProcessTable table = ProcessTable.system();
      await()
          .atMost(Pools.PATIENCE)
          .until(() -> table.read(worker) == null || table.read(worker).zombie());
      ProcessTable.Entry frozen = table.read(keeper);
      assertThat(frozen).as("the keeper is not replaced yet").isNotNull();
      assertThat(frozen.state()).isEqualTo('T');
      Pools.awaitReady(running, 2);
    }
  }

  /** A stop must not wait for a deaf keeper either. */
  @Test
  void aPoolCanBeStoppedWhileItsKeeperIs() {
    try (RunningSnakepit running = start(2)) {
      Pools.freeze(parent(parent(Pools.settledPids(running).get(0))));
    }
  }

  /** Only new workers need the fork server: those that are there go on until one is missing. */
  @Test
  void aForkServerThatForksNoMoreIsReplaced() {
    try (RunningSnakepit running = start(1)) {
      Pools.freeze(parent(Pools.settledPids(running).get(0)));
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
      running.failure(Call.of("kill_self"));
      Pools.awaitReady(running, 1);
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
    }
  }

  private RunningSnakepit start(int size) {
    String module = TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE);
    JsonObject pool =
        new JsonObject().put("size", size).put("startup", new JsonObject().put("timeoutMs", 5_000));
    return RunningSnakepit.start(directory, module, pool);
  }

  private static long parent(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
  }
}
