package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
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
  void whatProvablyNeverStartedMovesOn() {
    pool.submit();
    diesUnread(pool, "p-2");
    assertThat(pool.dispatched()).containsExactly("c1@p-2", "c1@p-1");
    assertThat(pool.refused()).isEmpty();
  }

  /** Fails if it is not noted that a worker has died of it: the call would go on for ever. */
  @Test
  void onceOnlyTheSecondWorkerThatDiesOfItsBodyEndsIt() {
    for (Call call : List.of(Call.of("tool"), IDEMPOTENT)) {
      PoolScript three = new PoolScript(3, 10).serving();
      three.submit(call);
      diesUnread(three, "p-3");
      diesUnread(three, "p-2");
      assertThat(three.dispatched()).containsExactly("c1@p-3", "c1@p-2");
      assertThat(three.refused()).containsExactly("c1 WORKER_CRASHED");
      assertThat(told(three))
          .isEqualTo(
              "pool p: two workers ended before they had read the call, p-2 last: was killed by signal 9; its body is taken for the cause, so it goes to no third: send less at a time, or raise limits.memoryBytes");
    }
  }

  /** The same where the answer comes in pieces. */
  @Test
  void alsoIfItStreams() {
    PoolScript three = new PoolScript(3, 10).serving();
    three.stream();
    diesUnread(three, "p-3");
    diesUnread(three, "p-2");
    assertThat(three.dispatched()).containsExactly("c1@p-3", "c1@p-2");
    assertThat(three.flowed()).containsExactly("hold c1 WORKER_CRASHED", "finish c1");
  }

  /** Fails if such an end is counted: the call did nothing to that worker. */
  @Test
  void whoeverIsKilledOnDemandHasNotDiedOfIt() {
    PoolScript three = new PoolScript(3, 10).serving();
    three.submit();
    diesUnread(three, "p-3");
    three.does(three.orders.kill("p-2", three.now));
    diesUnread(three, "p-2");
    assertThat(three.dispatched()).containsExactly("c1@p-3", "c1@p-2", "c1@p-1");
    diesUnread(three, "p-1");
    assertThat(three.refused()).containsExactly("c1 WORKER_CRASHED");
  }

  private static void diesUnread(PoolScript pool, String worker) {
    pool.does(pool.state.workerLost(worker, true, pool.now));
    pool.crashes(worker);
  }

  private static String told(PoolScript pool) {
    return pool.effects.stream()
        .filter(PoolEffect.Refuse.class::isInstance)
        .map(each -> ((PoolEffect.Refuse) each).message())
        .collect(Collectors.joining("; "));
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

  /** Fails if a worker is sent a call whose arguments are no more. */
  @Test
  void aCallWhoseBodyWasLetGoOfIsNotTriedAgain() {
    ByteLease lease = ByteBudget.unlimited().open("none").takeAnyway(1);
    WaitingBody body = new WaitingBody(Buffer.buffer("1"), lease);
    pool.submit(IDEMPOTENT.body(body, "x/y"));
    body.writing();
    body.written(true, false);
    pool.crashes("p-2");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
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
