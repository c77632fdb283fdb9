package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.SignalWorker;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what becomes of a worker whose call was interrupted. */
class PoolInterruptTest {
  private static PoolScript pool(String profile, String afterInterrupt) {
    return new PoolScript(
            new JsonObject()
                .put("size", 1)
                .put("maxQueue", 10)
                .put("profile", profile)
                .put("concurrency", profile.equals("process") ? 1 : 2)
                .put("afterInterrupt", afterInterrupt))
        .serving();
  }

  private static long signals(PoolScript pool) {
    return pool.effects.stream().filter(SignalWorker.class::isInstance).count();
  }

  /** Fails if signals are sent at once, or to a worker that has stopped. */
  @Test
  void aCallThatStopsSoonCostsNoSignal() {
    PoolScript pool = pool("process", "keep");
    pool.cancels(pool.submit());
    pool.passes(49);
    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    pool.submit();
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(signals(pool)).isZero();
    assertThat(pool.kills()).isEmpty();
  }

  @Test
  void aCallThatGoesOnIsRemindedFromOutsideInPausesThatGrow() {
    PoolScript pool = pool("process", "keep");
    pool.cancels(pool.submit());
    pool.passes(50);
    assertThat(signals(pool)).isEqualTo(1);
    pool.passes(99);
    assertThat(signals(pool)).isEqualTo(1);
    pool.passes(1);
    assertThat(signals(pool)).isEqualTo(2);
    pool.passes(49);
    assertThat(pool.kills()).isEmpty();
    pool.passes(1);
    assertThat(pool.kills()).hasSize(1);
    assertThat(signals(pool)).isEqualTo(2);
  }

  /** Fails if the signal goes to a main thread that runs no tools. */
  @Test
  void threadsHearNoSignals() {
    PoolScript pool = pool("thread", "keep");
    pool.cancels(pool.submit());
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(signals(pool)).isZero();
    assertThat(pool.kills()).hasSize(1);
  }

  @Test
  void aBatchIsRemindedAsOne() {
    PoolScript pool =
        new PoolScript(new JsonObject().put("size", 1).put("maxQueue", 10))
            .batching("embed", 4, 0)
            .serving();
    pool.submit();
    for (int call = 0; call < 4; call++) {
      pool.submit(Call.of("embed").timeoutMs(100));
    }
    pool.answers("p-1");
    pool.passes(150);
    assertThat(pool.interrupted()).hasSize(1);
    assertThat(signals(pool)).isEqualTo(1);
  }

  /** Fails if the worker takes the call that waits. */
  @Test
  void anInterruptedWorkerServesNoFurtherCall() {
    PoolScript pool = pool("process", "replace");
    pool.submit(50);
    pool.submit();
    pool.passes(50);
    assertThat(pool.announced()).contains(Event.WORKER_RECYCLED);
    assertThat(pool.starts()).extracting(StartWorker::worker).containsExactly("p-2");

    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    assertThat(pool.dispatched()).containsExactly("c1@p-1");
    assertThat(pool.stopsOrdered()).containsExactly("p-1");
    assertThat(pool.kills()).isEmpty();

    pool.ready("p-2");
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-2");
    pool.stops("p-1");
    assertThat(pool.announced()).doesNotContain(Event.WORKER_CRASHED);
    assertThat(pool.starts()).hasSize(1);
  }

  /** Fails if the others are killed along with it. */
  @Test
  void itsOtherCallsFinish() {
    PoolScript pool = pool("thread", "replace");
    Ticket cancelled = pool.submit();
    pool.submit();
    pool.cancels(cancelled);
    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    assertThat(pool.stopsOrdered()).isEmpty();

    pool.answers("p-1", 2, null);
    assertThat(pool.delivered()).containsExactly("c2");
    assertThat(pool.stopsOrdered()).containsExactly("p-1");
  }

  @Test
  void oneThatDoesNotStopIsKilledAfterItsOthersAreOver() {
    PoolScript pool = pool("thread", "replace");
    Ticket cancelled = pool.submit();
    pool.submit();
    pool.cancels(cancelled);
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.kills()).isEmpty();
    pool.answers("p-1", 2, null);
    assertThat(pool.kills()).hasSize(1);
    assertThat(pool.starts()).hasSize(1);
  }

  @Test
  void aWorkerIsKeptByDefault() {
    PoolScript pool = new PoolScript(1, 10).serving();
    pool.cancels(pool.submit());
    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    pool.submit();
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1");
    assertThat(pool.starts()).isEmpty();
  }

  /** Fails if a drain starts workers anew. */
  @Test
  void aDrainReplacesNobody() {
    PoolScript pool = pool("process", "replace");
    pool.submit();
    pool.drains(10);
    pool.passes(10);
    assertThat(pool.interrupted()).hasSize(1);
    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    pool.stops("p-1");
    assertThat(pool.starts()).isEmpty();
    assertThat(pool.state.phase()).isEqualTo(PoolPhase.STOPPED);
  }

  private static PoolScript uninterruptible(String afterInterrupt) {
    return new PoolScript(
            new JsonObject()
                .put("size", 1)
                .put("maxQueue", 10)
                .put("afterInterrupt", afterInterrupt))
        .interruptible(Map.of("tool", false, "other", true), false)
        .serving();
  }

  /** Fails if its worker is killed after {@code cancelGraceMs}, signalled, or replaced. */
  @Test
  void aCallThatMustNotBeInterruptedHasAllTheTimeItTakes() {
    PoolScript pool = uninterruptible("replace");
    pool.submit(50);
    pool.passes(50);
    assertThat(pool.refused()).containsExactly("c1 EXECUTE_TIMEOUT");
    assertThat(pool.interrupted()).as("it may look for it").hasSize(1);
    pool.passes(1_000_000);
    assertThat(pool.kills()).isEmpty();
    assertThat(signals(pool)).isZero();
    assertThat(pool.starts()).isEmpty();
    assertThat(pool.state.crew().busy()).isEqualTo(1);

    pool.submit();
    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1");
  }

  @Test
  void soHasOneThatIsCaughtWithoutATool() {
    PoolScript pool = uninterruptible("keep");
    pool.cancels(pool.submit(Call.of("unknown")));
    pool.passes(1_000_000);
    assertThat(pool.kills()).isEmpty();
  }

  @Test
  void othersOfTheAdapterAreInterrupted() {
    PoolScript pool = uninterruptible("keep");
    pool.cancels(pool.submit(Call.of("other")));
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.kills()).hasSize(1);
  }

  /** Fails if a stop waits for ever: whether the call was given up before, or runs still. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEndOfThePoolIsItsLimit(boolean givenUp) {
    PoolScript pool = uninterruptible("keep");
    Ticket call = pool.submit();
    if (givenUp) {
      pool.cancels(call);
    }
    pool.drains(100);
    pool.passes(100 + PoolScript.CANCEL_GRACE_MS - 1);
    assertThat(pool.kills()).isEmpty();
    pool.passes(1);
    assertThat(pool.kills()).hasSize(1);
    pool.stops("p-1");
    assertThat(pool.state.phase()).isEqualTo(PoolPhase.STOPPED);
  }
}
