package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.bridge.Intake;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.pool.machine.ToolRules;
import io.snakepit.worker.StandInWorker;
import io.snakepit.worker.Worker;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that what a large answer has taken is given back, whatever becomes of it. */
class WorkerEventsTest {
  private static final int LARGE = 100_000;

  private final Vertx vertx = Vertx.vertx();
  private final Worker worker = StandInWorker.named("p-1", vertx);
  private final ByteBudget budget = new ByteBudget(1 << 20, 1);
  private final AnswerIntake intake =
      new AnswerIntake(budget.open("limit"), vertx.getOrCreateContext());

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static PoolState state() {
    JsonObject pool = new JsonObject().put("size", 1);
    JsonObject json = new JsonObject().put("pools", new JsonObject().put("p", pool));
    SnakepitOptions options = SnakepitOptions.fromJson(json);
    return new PoolState(
        ConfiguredLimits.of("p", options.pools().get("p"), options.sessions()),
        new SplittableRandom(1));
  }

  private WorkerEvents events(WorkerEvents.Performer performer) {
    return events(state(), performer);
  }

  private WorkerEvents events(PoolState state, WorkerEvents.Performer performer) {
    return new WorkerEvents("p", state, null, intake, performer, () -> false);
  }

  @Test
  void isGivenBackWhereNobodyWantsIt() {
    assertThat(intake.enter(worker, LARGE, false)).isEqualTo(Intake.READ);
    assertThat(budget.counted()).isEqualTo(LARGE);
    events((effects, answer) -> {}).succeeded(worker, 7, "", Buffer.buffer(new byte[LARGE]), 0);
    assertThat(budget.counted()).isZero();
  }

  /** Fails if it stays counted for ever: the pool is replaced, and its budget is not. */
  @Test
  void isGivenBackWhereToHandItOverFails() {
    intake.enter(worker, LARGE, false);
    WorkerEvents events =
        events(
            (effects, answer) -> {
              throw new IllegalStateException("a fault of ours");
            });
    assertThatThrownBy(() -> events.succeeded(worker, 7, "", Buffer.buffer(new byte[LARGE]), 0))
        .hasMessage("a fault of ours");
    assertThat(budget.counted()).isZero();
  }

  /** Fails if the end of a small message gives back what the large answer of another has taken. */
  @Test
  void isKeptWhileAnotherHandsOverASmallOne() {
    intake.enter(StandInWorker.named("p-2", vertx), LARGE, false);
    events((effects, answer) -> {}).handedOver(worker);
    assertThat(budget.counted()).isEqualTo(LARGE);
  }

  /** Fails if a worker can claim to have taken arguments that nobody has sent it. */
  @Test
  void aWorkerThatTakesWhatItHasNotGotIsKilled() {
    PoolState state = state();
    state.start();
    state.workerReady("p-1", ToolRules.NONE, 0);
    Call call = Call.of("tool").upload(new NoBytes(), "x/y");
    PendingCall caller = new PendingCall(call, "c1", 0, vertx.getOrCreateContext());
    Ticket ticket = new Ticket(call, "c1", 0, caller);
    state.submit(ticket, 0);
    List<PoolEffect> performed = new ArrayList<>();
    WorkerEvents events =
        events(
            state,
            (effects, answer) -> {
              performed.addAll(effects);
              if (answer != null) {
                answer.to(ticket);
              }
            });

    events.took(worker, ticket.sequence(), 5);

    assertThat(performed)
        .filteredOn(PoolEffect.KillWorker.class::isInstance)
        .singleElement()
        .satisfies(kill -> assertThat(((PoolEffect.KillWorker) kill).worker()).isEqualTo("p-1"));
  }

  /** Arguments that never come. */
  private static final class NoBytes implements ReadStream<Buffer> {
    @Override
    public NoBytes exceptionHandler(Handler<Throwable> handler) {
      return this;
    }

    @Override
    public NoBytes handler(Handler<Buffer> handler) {
      return this;
    }

    @Override
    public NoBytes pause() {
      return this;
    }

    @Override
    public NoBytes resume() {
      return this;
    }

    @Override
    public NoBytes fetch(long amount) {
      return this;
    }

    @Override
    public NoBytes endHandler(Handler<Void> handler) {
      return this;
    }
  }
}
