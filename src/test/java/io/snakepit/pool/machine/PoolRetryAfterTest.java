package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A caller that is refused learns when trying again has a chance. */
class PoolRetryAfterTest {

  private static PoolScript pool(JsonObject options) {
    return new PoolScript(new JsonObject().put("queueTimeoutMs", 10_000).mergeIn(options, true))
        .serving();
  }

  /** A call that runs 40 ms: so long the next one is expected to take. */
  private static PoolScript used(PoolScript pool) {
    pool.submit();
    pool.passes(40);
    pool.answers(busy(pool).get(0));
    pool.taken();
    return pool;
  }

  private static List<String> busy(PoolScript pool) {
    return pool.state.crew().all().stream()
        .filter(slot -> !slot.isIdle())
        .map(slot -> slot.worker)
        .toList();
  }

  private static void submit(PoolScript pool, int calls) {
    for (int i = 0; i < calls; i++) {
      pool.submit();
    }
  }

  private static void isRefused(PoolScript pool, ErrorCode code, long milliseconds) {
    assertThat(pool.effects)
        .filteredOn(Refuse.class::isInstance)
        .extracting("code", "retryAfterNanos")
        .containsExactly(tuple(code, PoolScript.ms(milliseconds)));
  }

  /** Fails if {@code PoolState.workOffNanos} leaves out how many wait, or how many work. */
  @Test
  void aFullQueueTakesAsLongAsItsCallsDoAmongAllWorkers() {
    PoolScript pool = used(pool(new JsonObject().put("size", 2).put("maxQueue", 6)));
    submit(pool, 2 + 6 + 1);
    isRefused(pool, ErrorCode.POOL_SATURATED, 6 * 40 / 2);
  }

  @Test
  void aWorkerCountsAsOftenAsItRunsCallsAtATime() {
    JsonObject threads = new JsonObject().put("profile", "thread").put("concurrency", 3);
    PoolScript pool = used(pool(threads.put("size", 1).put("maxQueue", 6)));
    submit(pool, 3 + 6 + 1);
    isRefused(pool, ErrorCode.POOL_SATURATED, 6 * 40 / 3);
  }

  @Test
  void aCallThatWaitedTooLongIsToldTheSame() {
    PoolScript pool = used(pool(new JsonObject().put("size", 1).put("queueTimeoutMs", 100)));
    submit(pool, 2);
    pool.passes(100);
    isRefused(pool, ErrorCode.QUEUE_TIMEOUT, 40);
  }

  @Test
  void aBusyWorkerOfASessionIsFreeAfterOneCall() {
    JsonObject failFast = new JsonObject().put("affinity", "strict_fail_fast");
    PoolScript pool = used(pool(failFast.put("size", 2)));
    pool.submitIn("s");
    pool.submitIn("s");
    isRefused(pool, ErrorCode.WORKER_BUSY, 40);
  }

  @Test
  void anOpenCircuitTakesAsLongAsItsProbation() {
    PoolScript pool = new PoolScript(1, 10, 10, 1).serving();
    pool.crashes("p-1");
    pool.submit();
    isRefused(pool, ErrorCode.POOL_UNAVAILABLE, 1_000);
    pool.ready("p-2");
    pool.passes(300);
    pool.taken();
    pool.submit();
    isRefused(pool, ErrorCode.POOL_UNAVAILABLE, 700);
  }

  @Test
  void nobodyKnowsBeforeACallHasRun() {
    PoolScript pool = pool(new JsonObject().put("size", 1).put("maxQueue", 1));
    submit(pool, 3);
    isRefused(pool, ErrorCode.POOL_SATURATED, 0);
  }

  /** One slow call among quick ones does not change the picture. */
  @Test
  void thePaceFollowsItsCallsSlowly() {
    ServiceTime pace = new ServiceTime();
    pace.ran(100);
    pace.ran(300);
    assertThat(pace.worksOff(1, 1)).isEqualTo(110);
    for (int i = 0; i < 100; i++) {
      pace.ran(300);
    }
    assertThat(pace.worksOff(1, 1)).isBetween(290L, 300L);
  }
}
