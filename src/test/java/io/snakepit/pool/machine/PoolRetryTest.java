package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/**
 * Q5, decision 8: what may be tried again is, and nothing else. Fails if {@code Failover} does not
 * requeue, asks not whether a call is idempotent or how often it was tried, or counts a try that
 * never began.
 */
class PoolRetryTest {
  private static final Call IDEMPOTENT = Call.of("tool").idempotent(true);

  private final PoolScript pool = new PoolScript(2, 10).serving();

  @Test
  void anIdempotentCallIsTriedOnAnotherWorkerBeforeAllThatWait() {
    pool.submit(IDEMPOTENT);
    pool.submit();
    pool.submit();
    pool.crashes("p-2");
    pool.answers("p-1");
    assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c1@p-1");
    assertThat(pool.refused()).isEmpty();
  }

  @Test
  void atOnceIfSomebodyIsFree() {
    pool.submit(IDEMPOTENT);
    pool.crashes("p-2");
    assertThat(pool.dispatched()).containsExactly("c1@p-2", "c1@p-1");
  }

  @Test
  void asOftenAsIsAllowed() {
    pool.submit(IDEMPOTENT);
    pool.crashes("p-2");
    pool.crashes("p-1");
    pool.ready("p-3");
    pool.crashes("p-3");
    assertThat(pool.dispatched()).containsExactly("c1@p-2", "c1@p-1", "c1@p-3");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  @Test
  void anyOtherCallIsNot() {
    pool.submit();
    pool.crashes("p-2");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  @Test
  void whatHasPerhapsRunIsNeverSaidNotToHaveRun() {
    PoolScript single = new PoolScript(1, 10).serving();
    single.submit(IDEMPOTENT);
    single.crashes("p-1");
    single.passes(PoolScript.QUEUE_TIMEOUT_MS);
    assertThat(single.refused()).containsExactly("c1 WORKER_CRASHED");
    assertThat(single.state.calls().counters().of(ErrorCode.QUEUE_TIMEOUT)).isZero();
  }

  @Test
  void whatProvablyNeverStartedMovesOnWithoutBeingCounted() {
    PoolScript single = new PoolScript(1, 10).serving();
    single.submit();
    for (int worker = 1; worker <= 5; worker++) {
      single.does(single.state.workerLost("p-" + worker, true, single.now));
      single.crashes("p-" + worker);
      single.ready("p-" + (worker + 1));
    }
    assertThat(single.dispatched()).hasSize(6);
    assertThat(single.refused()).isEmpty();
  }

  /** A hung worker is killed, and only then it shows that it had not even read its call. */
  @Test
  void alsoWhatAKilledWorkerNeverStartedMovesOn() {
    pool.submit();
    pool.does(pool.state.workerHung("p-2", "hung", pool.now));
    pool.does(pool.state.workerLost("p-2", true, pool.now));
    pool.crashes("p-2");
    assertThat(pool.dispatched()).hasSize(2);
    assertThat(pool.refused()).isEmpty();
  }

  /** Fails if a try that never began is counted: there would be one less. */
  @Test
  void norDoesItCostAnIdempotentCallOneOfItsTries() {
    PoolScript single = new PoolScript(1, 10).serving();
    single.submit(IDEMPOTENT);
    for (int worker = 1; worker <= 4; worker++) {
      assertThat(single.refused()).isEmpty();
      single.does(single.state.workerLost("p-" + worker, worker == 1, single.now));
      single.crashes("p-" + worker);
      single.ready("p-" + (worker + 1));
    }
    assertThat(single.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  @Test
  void whatMayHaveBeenReadDoesNotMoveOn() {
    pool.submit();
    pool.does(pool.state.workerLost("p-2", false, pool.now));
    pool.crashes("p-2");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  /**
   * A call of a session is not for another worker, but its caller needs to know that it never ran.
   */
  @Test
  void ofASessionItIsSaidNotToHaveRun() {
    PoolScript strict =
        new PoolScript(new JsonObject().put("size", 2).put("affinity", "strict_queue")).serving();
    strict.submitIn("s");
    strict.does(strict.state.workerLost("p-2", true, strict.now));
    strict.crashes("p-2");
    assertThat(strict.refused()).containsExactly("c1 POOL_UNAVAILABLE");
  }

  @Test
  void aPoolThatIsShutDownTriesNothingAgain() {
    pool.submit(IDEMPOTENT);
    pool.submit();
    pool.drains(1_000);
    pool.crashes("p-2");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  @Test
  void ofSeveralCallsOnOneLinkNobodyKnowsWhichWasRead() {
    PoolScript threads =
        new PoolScript(
                new JsonObject().put("size", 1).put("profile", "thread").put("concurrency", 2))
            .serving();
    threads.submit();
    threads.submit();
    threads.does(threads.state.workerLost("p-1", true, threads.now));
    threads.crashes("p-1");
    assertThat(threads.refused()).containsExactly("c1 WORKER_CRASHED", "c2 WORKER_CRASHED");
  }

  @Test
  void aCallThatWaitsForItsSecondTryCanBeCancelled() {
    PoolScript single = new PoolScript(1, 10).serving();
    Ticket ticket = single.submit(IDEMPOTENT);
    single.crashes("p-1");
    single.cancels(ticket);
    single.ready("p-2");
    assertThat(single.refused()).containsExactly("c1 CANCELLED");
    assertThat(single.dispatched()).containsExactly("c1@p-1");
  }
}
