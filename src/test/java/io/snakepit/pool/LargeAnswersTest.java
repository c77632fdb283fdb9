package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.api.WorkerEnd;
import io.snakepit.api.waiting.AnswerHold;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.bridge.Intake;
import io.snakepit.bridge.LinkListener;
import io.snakepit.bus.EventPublisher;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.CallEffects.Answer;
import io.snakepit.pool.machine.Flow;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.testing.OnLoop;
import io.snakepit.worker.LinkedWorkers;
import io.snakepit.worker.LinkedWorkers.ReadingLink;
import io.snakepit.worker.Worker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Large answers have their part of the budget for as long as somebody needs them, and no longer.
 */
class LargeAnswersTest {
  private static final String FAULT = "a fault of the pool";
  private static final int BYTES = 400;
  private static final Buffer BODY = Buffer.buffer(new byte[BYTES]);

  private final Vertx vertx = Vertx.vertx();
  private final Context home = vertx.getOrCreateContext();
  private final ByteBudget budget = new ByteBudget(1000, 1);
  private final ByteAccount account = budget.open("http.maxBufferedBytes");
  private final AnswerIntake intake = new AnswerIntake(account, home);
  private final PoolState state = state();
  private final Worker worker = LinkedWorkers.make("p-1", vertx, new ReadingLink());
  private final AnswerHold hold = new AnswerHold();
  private boolean crashed;
  private boolean faulty;
  private final List<Throwable> faults = new ArrayList<>();
  private final GuardedListener heard =
      new GuardedListener(
          new WorkerEvents("p", state, noWorkers(), intake, this::perform, () -> crashed),
          faults::add);

  private static PoolState state() {
    JsonObject pool = new JsonObject().put("size", 1);
    SnakepitOptions options =
        SnakepitOptions.fromJson(new JsonObject().put("pools", new JsonObject().put("p", pool)));
    PoolOptions ours = options.pools().get("p");
    return new PoolState(
        ConfiguredLimits.of("p", ours, options.sessions()), new SplittableRandom(1));
  }

  private WorkerEffects noWorkers() {
    return new WorkerEffects(vertx, new EventPublisher(vertx.eventBus(), "p"), 0, id -> {});
  }

  /** Hands over answers; all else that a pool would do is left to it. */
  private void perform(List<PoolEffect> effects, Answer answer) {
    if (faulty) {
      throw new IllegalStateException(FAULT);
    }
    for (PoolEffect effect : effects) {
      if (effect instanceof PoolEffect.Deliver deliver) {
        answer.to(deliver.ticket());
      } else if (effect instanceof PoolEffect.PassOn pass) {
        answer.to(pass.ticket());
      }
    }
  }

  @BeforeEach
  void begin() {
    state.start();
    heard.ready(worker, List.of());
  }

  @AfterEach
  void close() {
    assertThat(faults).isEmpty();
    vertx.close().await();
  }

  private void onLoop(Runnable steps) {
    OnLoop.run(home, steps);
  }

  private PendingCall pending;

  /** Has a call run in the worker. */
  private Ticket run(Call call) {
    long now = System.nanoTime();
    pending = new PendingCall(call, "c", now, home);
    Ticket ticket = new Ticket(call, "c", now, pending);
    return submit(ticket, now);
  }

  private Ticket runStream(Call call) {
    long now = System.nanoTime();
    Flow flow = new Flow(10, 1_000_000);
    CallStream stream = new CallStream(home, new NoSource(), 1, 1);
    PendingStream consumer = new PendingStream(call, "c", now, flow, home, stream);
    return submit(new Ticket(call, "c", now, flow, consumer), now);
  }

  private Ticket submit(Ticket ticket, long now) {
    assertThat(state.submit(ticket, now)).anyMatch(PoolEffect.Dispatch.class::isInstance);
    return ticket;
  }

  private static final class NoSource implements CallStream.Source {
    @Override
    public void taken(int chunks, long bytes) {}

    @Override
    public void cancelled() {}
  }

  private Call held() {
    return Call.of("tool").id("c", hold);
  }

  private void assertAnnounced(long sequence, Intake expected) {
    assertThat(heard.announced(worker, sequence, BYTES, false)).isEqualTo(expected);
  }

  private void assertCounted(long bytes) {
    assertThat(budget.counted()).isEqualTo(bytes);
  }

  private void succeed(Ticket ticket) {
    heard.succeeded(worker, ticket.sequence(), "", BODY, 0);
  }

  @Test
  void anAnswerCountsUntilItsDoorGivesItBack() {
    onLoop(
        () -> {
          Ticket ticket = run(held());
          assertAnnounced(ticket.sequence(), Intake.READ);
          succeed(ticket);
          assertThat(pending.future().succeeded()).isTrue();
          assertCounted(BYTES);
          assertThat(hold.isHolding()).isTrue();
          hold.release();
          assertCounted(0);
        });
  }

  @Test
  void anAnswerToACallerInJavaIsHisOnceHeHasIt() {
    onLoop(
        () -> {
          Ticket ticket = run(Call.of("tool"));
          assertAnnounced(ticket.sequence(), Intake.READ);
          assertCounted(BYTES);
          succeed(ticket);
          assertThat(pending.future().succeeded()).isTrue();
          assertCounted(0);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void soIsAChunk(boolean byDoor) {
    onLoop(
        () -> {
          Ticket ticket = runStream(byDoor ? held() : Call.of("tool"));
          for (int i = 1; i <= 2; i++) {
            assertAnnounced(ticket.sequence(), Intake.READ);
            heard.yielded(worker, ticket.sequence(), new Chunk("", BODY, false));
            assertCounted(byDoor ? i * BYTES : 0);
          }
          hold.releaseFirst();
          hold.releaseFirst();
          assertCounted(0);
        });
  }

  /** Fails where an answer whose call is over while it is read stays counted for ever. */
  @Test
  void anAnswerThatNobodyGetsAnyMoreIsGivenBack() {
    onLoop(
        () -> {
          Ticket ticket = run(held());
          assertAnnounced(ticket.sequence(), Intake.READ);
          state.cancel(ticket, System.nanoTime());
          succeed(ticket);
          assertCounted(0);
        });
  }

  /** Fails where what is thrown while an answer is handed over takes room along. */
  @Test
  void anAnswerThatAFaultMeetsIsGivenBack() {
    onLoop(
        () -> {
          Ticket ticket = run(held());
          assertAnnounced(ticket.sequence(), Intake.READ);
          faulty = true;
          succeed(ticket);
          assertThat(faults).singleElement().extracting(Throwable::getMessage).isEqualTo(FAULT);
          faults.clear();
          assertCounted(0);
        });
  }

  /** Fails where an answer is read, or waited for, that nobody wants. */
  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "overdue"})
  void anAnswerOfACallThatIsOverIsDropped(String how) {
    onLoop(
        () -> {
          Ticket ticket = run(held().timeoutMs(60_000));
          account.take(900);
          assertAnnounced(ticket.sequence(), Intake.WAIT);
          if (how.equals("cancelled")) {
            state.cancel(ticket, System.nanoTime());
          } else {
            state.expire(ticket.acceptedAt + TimeUnit.MINUTES.toNanos(1));
          }
          assertAnnounced(ticket.sequence(), Intake.DROP);
          assertThat(account.ask(100, lease -> {})).as("nobody waits any more").isNotNull();
          assertCounted(1000);
        });
  }

  @Test
  void anAnswerThatNobodyHasAskedForIsDropped() {
    onLoop(
        () -> {
          assertAnnounced(7, Intake.DROP);
          assertCounted(0);
        });
  }

  @Test
  void argumentsForAToolOfTheHostsCountUntilTheyAreHandedOver() {
    onLoop(
        () -> {
          assertAnnounced(LinkListener.HOST_CALL, Intake.READ);
          assertCounted(BYTES);
          heard.handedOver(worker);
          assertCounted(0);
        });
  }

  /** Fails where a worker that dies with its answer takes room along, also from a broken pool. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEndOfAWorkerGivesBackWhatItsAnswerHas(boolean broken) {
    onLoop(
        () -> {
          Ticket ticket = run(held());
          assertAnnounced(ticket.sequence(), Intake.READ);
          crashed = broken;
          heard.ended(worker, "was killed by signal 9", WorkerEnd.DIED);
          assertCounted(0);
        });
  }

  @Test
  void theEndOfAWorkerWhoseAnswerWaitsHoldsUpNobody() {
    onLoop(
        () -> {
          Ticket ticket = run(held());
          account.take(900);
          assertAnnounced(ticket.sequence(), Intake.WAIT);
          heard.ended(worker, "was killed by signal 9", WorkerEnd.DIED);
          assertThat(account.ask(100, lease -> {})).isNotNull();
        });
  }
}
