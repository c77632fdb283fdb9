package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract, profiles: where an async worker's loop stands still, nothing can finish there. */
class PoolStandstillTest {
  private static final long SHORTEST_MS = Standstill.SHORTEST_NANOS / 1_000_000;
  private static final long GRACE_MS = 400;

  private final PoolScript pool = loops(GRACE_MS);

  private static PoolScript loops(long graceMs) {
    return new PoolScript(options(graceMs)).serving();
  }

  private static JsonObject options(long graceMs) {
    return new JsonObject()
        .put("size", 1)
        .put("profile", "async")
        .put("concurrency", 4)
        .put("executeTimeoutMs", 60_000)
        .put("cancelGraceMs", graceMs);
  }

  private void comesRound() {
    pool.state.messages().cameRound("p-1", pool.now);
  }

  private void standsStill() {
    pool.does(pool.state.messages().standsStill("p-1", pool.now));
  }

  @Test
  void aWorkerWhoseLoopHasNotComeRoundIsKilledAtOnce() {
    pool.submit(50);
    pool.submit(Call.of("other"));
    pool.submit(Call.of("other").idempotent(true));
    pool.passes(50 + GRACE_MS - 1);
    assertThat(pool.kills()).isEmpty();
    pool.passes(1);
    assertThat(pool.kills()).containsExactly("p-1");
    assertThat(pool.effects)
        .anyMatch(each -> each instanceof PoolEffect.KillWorker kill && kill.stacks())
        .anyMatch(
            each ->
                each instanceof PoolEffect.KillWorker kill
                    && kill.reason().contains("stood still for more than 400 ms")
                    && kill.reason().contains("tool tool, call c1"));
    assertThat(pool.starts()).extracting(PoolEffect.StartWorker::worker).containsExactly("p-2");

    pool.crashes("p-1");

    assertThat(pool.refused()).containsExactly("c1 EXECUTE_TIMEOUT", "c2 WORKER_CRASHED");
    pool.ready("p-2");
    assertThat(pool.dispatched()).endsWith("c3@p-2");
    assertThat(pool.starts()).hasSize(1);
    assertThat(pool.announced()).doesNotContain(Event.WORKER_CRASHED);
  }

  /** A tool on a thread that does not stop: the loop goes on, and so do the others. */
  @Test
  void aWorkerWhoseLoopHasComeRoundSinceLetsTheOthersFinish() {
    pool.submit(50);
    pool.submit();
    pool.passes(50);
    comesRound();
    pool.passes(GRACE_MS + SHORTEST_MS);
    assertThat(pool.kills()).isEmpty();
    pool.answers("p-1", 2, null);
    assertThat(pool.delivered()).containsExactly("c2");
    assertThat(pool.kills()).containsExactly("p-1");
  }

  @Test
  void comingRoundBeforeTheCancelIsNoProof() {
    pool.submit(50);
    pool.submit();
    pool.passes(49);
    comesRound();
    pool.passes(1 + GRACE_MS);
    assertThat(pool.kills()).containsExactly("p-1");
  }

  /** Fails if a grace of nothing kills each worker whose word is still on its way. */
  @Test
  void aShortGraceLeavesTheWorkersWordItsTime() {
    PoolScript hasty = loops(0);
    hasty.submit(50);
    hasty.submit();
    hasty.passes(50 + SHORTEST_MS - 1);
    assertThat(hasty.kills()).isEmpty();
    assertThat(hasty.starts()).hasSize(1);
    hasty.state.messages().cameRound("p-1", hasty.now);
    hasty.passes(10_000);
    assertThat(hasty.kills()).isEmpty();

    PoolScript standing = loops(0);
    standing.submit(50);
    standing.submit();
    standing.passes(50 + SHORTEST_MS);
    assertThat(standing.kills()).containsExactly("p-1");
  }

  /** Fails if a call that blocks the loop while it cleans up is waited for. */
  @Test
  void aLoopThatStandsStillOnlyAfterwardsIsNotWaitedForEither() {
    pool.submit(50);
    pool.submit();
    pool.passes(50);
    comesRound();
    standsStill();
    assertThat(pool.kills()).isEmpty();
    pool.passes(GRACE_MS);
    assertThat(pool.kills()).isEmpty();
    standsStill();
    assertThat(pool.kills()).containsExactly("p-1");
    standsStill();
    assertThat(pool.kills()).hasSize(1);
  }

  @Test
  void aLoopThatStandsStillIsLetStandWhileItsCallsHaveTime() {
    pool.submit();
    pool.submit();
    standsStill();
    pool.passes(10_000);
    standsStill();
    assertThat(pool.kills()).isEmpty();
  }

  /** {@code @tool(interrupt=False)} is never cut, and it may be what blocks. */
  @Test
  void aCallThatMustNotBeCutIsLetGoOn() {
    PoolScript careful =
        new PoolScript(options(GRACE_MS)).interruptible(Map.of("careful", false), true);
    careful.serving();
    careful.submit(50);
    careful.submit(Call.of("careful"));
    careful.passes(50 + GRACE_MS + SHORTEST_MS);
    careful.does(careful.state.messages().standsStill("p-1", careful.now));
    assertThat(careful.kills()).isEmpty();
    careful.answers("p-1", 2, null);
    assertThat(careful.delivered()).containsExactly("c2");
    assertThat(careful.kills()).containsExactly("p-1");
  }

  @Test
  void inOtherProfilesNobodyWaitsForALoop() {
    PoolScript threads =
        new PoolScript(
                new JsonObject().put("size", 1).put("profile", "thread").put("concurrency", 2))
            .serving();
    threads.submit(50);
    threads.submit();
    threads.passes(50 + PoolScript.CANCEL_GRACE_MS);
    threads.does(threads.state.messages().standsStill("p-1", threads.now));
    assertThat(threads.kills()).isEmpty();
    threads.answers("p-1", 1, ErrorCode.CANCELLED);
    threads.answers("p-1", 2, null);
    assertThat(threads.stopsOrdered()).containsExactly("p-1");
  }

  @Test
  void ofAWorkerThatIsGoneNothingIsHeard() {
    pool.crashes("p-1");
    comesRound();
    standsStill();
    assertThat(pool.kills()).isEmpty();
  }
}
