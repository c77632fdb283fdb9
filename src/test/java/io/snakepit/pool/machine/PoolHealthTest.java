package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Event;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PoolHealthTest {
  private static final long SECOND = 1_000_000_000L;

  /** As the pool tells of it. */
  @Nested
  class InAPool {
    private final PoolScript pool = new PoolScript(2, 100).serving();

    private String fault() {
      return pool.state.status(pool.now).fault();
    }

    @Test
    void isDegradedWhileAWorkerIsMissing() {
      pool.crashes("p-1");
      assertThat(pool.announced()).containsOnlyOnce(Event.POOL_DEGRADED);
      assertThat(fault()).isEqualTo("1 of 2 workers are ready");
      pool.taken();
      pool.crashes("p-2");
      assertThat(pool.announced()).as("told once").doesNotContain(Event.POOL_DEGRADED);
      pool.ready("p-3");
      pool.ready("p-4");
      assertThat(pool.announced()).containsOnlyOnce(Event.POOL_READY);
      assertThat(fault()).isEmpty();
    }

    @Test
    void aLostLinkIsAMissingWorkerAtOnce() {
      pool.does(pool.state.workerLost("p-1", false, pool.now));
      assertThat(pool.announced()).containsExactly(Event.POOL_DEGRADED);
    }

    /** T5. */
    @Test
    void isDegradedWhileMoreThanATenthOfItsCallsAreLost() {
      for (int i = 0; i < 8; i++) {
        pool.submit();
        pool.answers("p-2");
      }
      pool.submit();
      pool.crashes("p-2");
      pool.ready("p-3");
      assertThat(fault()).isEqualTo("11 % of the last minute's calls were lost with their worker");
      assertThat(pool.announced()).doesNotContain(Event.POOL_READY);
      pool.taken();
      pool.submit();
      pool.answers("p-3");
      assertThat(fault()).as("1 of 10").isEmpty();
      assertThat(pool.announced()).containsExactly(Event.POOL_READY);
    }

    /** A caller that was told of a timeout loses nothing by what becomes of the worker then. */
    @Test
    void aCallThatWasGivenUpIsNotLostWithItsWorker() {
      pool.submit();
      pool.passes(PoolScript.EXECUTE_TIMEOUT_MS + PoolScript.CANCEL_GRACE_MS);
      assertThat(pool.kills()).containsExactly("p-2");
      pool.crashes("p-2");
      pool.ready("p-3");
      assertThat(fault()).isEmpty();
    }

    /** Fails if a call counts as lost to a crash whose worker somebody has had killed. */
    @Test
    void norIsOneWhoseWorkerWasKilledOnDemand() {
      pool.submit();
      pool.does(pool.orders.kill("p-2", pool.now));
      pool.crashes("p-2");
      pool.ready("p-3");
      assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
      assertThat(fault()).isEmpty();
    }

    @Test
    void aHungWorkerIsMissingAtOnceAndItsCallGoesDownWithIt() {
      pool.submit();
      pool.does(pool.state.workerHung("p-2", "gave no sign of life", pool.now));
      assertThat(pool.kills()).containsExactly("p-2");
      assertThat(pool.announced()).containsExactly(Event.POOL_DEGRADED);
      pool.does(pool.state.workerHung("p-2", "still", pool.now));
      assertThat(pool.kills()).as("killed once").containsExactly("p-2");
      pool.crashes("p-2");
      assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED");
      assertThat(pool.starts()).hasSize(1);
    }

    @Test
    void anAbortAnswersEveryCaller() {
      pool.submit();
      pool.submit();
      pool.submit();
      pool.does(pool.state.abort("a fault of ours"));
      assertThat(pool.refused())
          .containsExactlyInAnyOrder(
              "c1 WORKER_CRASHED", "c2 WORKER_CRASHED", "c3 POOL_UNAVAILABLE");
      assertThat(pool.announced()).containsExactly(Event.POOL_FAILED);
      pool.taken();
      pool.submit();
      assertThat(pool.refused()).containsExactly("c4 POOL_UNAVAILABLE");
      pool.crashes("p-1");
      assertThat(pool.starts()).isEmpty();
    }
  }

  @Test
  void theCrashRateIsThatOfTheLastMinute() {
    CrashRate rate = new CrashRate();
    long now = -90 * SECOND;
    assertThat(rate.at(now)).isZero();
    rate.lost(now);
    assertThat(rate.at(now)).isEqualTo(1.0);
    for (int i = 0; i < 3; i++) {
      rate.answered(now + 30 * SECOND);
    }
    assertThat(rate.at(now + 30 * SECOND)).isEqualTo(0.25);
    assertThat(rate.at(now + 59 * SECOND)).isEqualTo(0.25);
    assertThat(rate.at(now + 60 * SECOND)).isZero();
    rate.lost(now + 300 * SECOND);
    assertThat(rate.at(now + 300 * SECOND)).isEqualTo(1.0);
  }
}
