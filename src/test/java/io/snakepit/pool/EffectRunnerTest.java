package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.bus.EventPublisher;
import io.snakepit.pool.machine.NoCaller;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.PassOn;
import io.snakepit.pool.machine.PoolEffect.StartFailed;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.pool.machine.Ticket;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EffectRunnerTest {
  private static final String WORKER = "p-1";
  private static final long LATER = TimeUnit.HOURS.toNanos(1);

  private final Vertx vertx = Vertx.vertx();
  private final List<String> neverStarted = new ArrayList<>();
  private final EventPublisher events = new EventPublisher(vertx.eventBus(), "p");
  private final WorkerEffects workers = new WorkerEffects(vertx, events, 0, this::neverStarted);
  private final CallEffects calls =
      new CallEffects(
          Nowhere.settings(1 << 20),
          workers,
          new AnswerIntake(ByteBudget.unlimited().open("none"), vertx.getOrCreateContext()),
          ticket -> {});
  private final EffectRunner runner = new EffectRunner(events, calls, workers);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** As the machine does, which is told in the midst of a list that a worker never started. */
  private void neverStarted(String worker) {
    neverStarted.add(worker);
    runner.perform(List.of(new StartFailed("caused by another effect")), null);
  }

  private String failure() {
    return runner.started().cause().getMessage();
  }

  @Test
  void performsWhatAnEffectCausesBehindAllThatWasDecidedBefore() {
    runner.perform(List.of(new StartWorker(WORKER, LATER)), null);
    List<PoolEffect> effects = List.of(new StopWorker(WORKER), new StartFailed("decided before"));

    runner.perform(effects, null);

    assertThat(neverStarted).containsExactly(WORKER);
    assertThat(failure()).isEqualTo("decided before");
  }

  @Test
  void performsWhatAnEffectCausesBeforeItReturns() {
    runner.perform(List.of(new StartWorker(WORKER, LATER)), null);

    runner.perform(List.of(new StopWorker(WORKER)), null);

    assertThat(failure()).isEqualTo("caused by another effect");
  }

  /** Fails if a worker that is to be killed before its time has come is started all the same. */
  @Test
  void aWorkerThatIsKilledBeforeItsStartIsNotStarted() {
    runner.perform(List.of(new StartWorker(WORKER, LATER)), null);

    runner.perform(List.of(new KillWorker(WORKER, "was killed on demand", false)), null);

    assertThat(neverStarted).containsExactly(WORKER);
  }

  /** Fails if the machine is told of the end of a worker that it has seen the end of already. */
  @Test
  void aWorkerThatIsGoneIsNotEndedAgain() {
    runner.perform(List.of(new StartWorker(WORKER, LATER), new StopWorker(WORKER)), null);
    runner.perform(
        List.of(new StopWorker(WORKER), new KillWorker(WORKER, "is silent", true)), null);

    assertThat(neverStarted).containsExactly(WORKER);
  }

  /** Fails if the log does not say which worker or call the machine has wrongly counted on. */
  @Test
  void saysWhichWorkerAndWhichAnswerIsMissing() {
    assertThatThrownBy(() -> workers.get(WORKER)).hasMessage("no such worker: p-1");
    Ticket ticket = NoCaller.ticket(Call.of("tool"), "c1", 0);
    assertThatThrownBy(() -> runner.perform(List.of(new PassOn(ticket)), null))
        .hasMessageStartingWith("no answer is at hand for Ticket[c1");
  }

  /** Fails if what stands behind a fault is left undone: it may be the answers of callers. */
  @Test
  void performsTheOthersThoughOneFails() {
    List<PoolEffect> effects = List.of(new StartWorker(WORKER, 0), new StartFailed("told"));

    assertThatThrownBy(() -> runner.perform(effects, null))
        .hasMessageContaining("before the nursery is open");

    assertThat(failure()).isEqualTo("told");
  }
}
