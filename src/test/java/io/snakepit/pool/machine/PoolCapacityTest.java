package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/**
 * Q10: several calls at a time in one worker. Fails if a worker takes one more than it has room
 * for, or only one, or if a call that does not stop has its worker killed at once or never.
 */
class PoolCapacityTest {

  private static PoolScript threads(int size, int concurrency) {
    return new PoolScript(
            new JsonObject()
                .put("size", size)
                .put("profile", "thread")
                .put("concurrency", concurrency))
        .serving();
  }

  @Test
  void aWorkerTakesAsManyCallsAsItHasRoomFor() {
    PoolScript pool = threads(1, 3);
    for (int i = 0; i < 5; i++) {
      pool.submit();
    }
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1", "c3@p-1");
    pool.answers("p-1", 2, null);
    assertThat(pool.dispatched()).endsWith("c4@p-1").hasSize(4);
    assertThat(pool.state.crew().running()).isEqualTo(3);
    assertThat(pool.state.crew().busy()).isEqualTo(1);
  }

  @Test
  void theLeastLoadedWorkerComesFirst() {
    PoolScript pool = threads(2, 3);
    for (int i = 0; i < 4; i++) {
      pool.submit();
    }
    assertThat(pool.dispatched()).containsExactly("c1@p-2", "c2@p-1", "c3@p-1", "c4@p-2");
  }

  @Test
  void aCrashLosesAllCallsInItAndNoCapacity() {
    PoolScript pool = threads(1, 2);
    pool.submit();
    pool.submit();
    pool.crashes("p-1");
    assertThat(pool.refused()).containsExactly("c1 WORKER_CRASHED", "c2 WORKER_CRASHED");
    pool.ready("p-2");
    pool.taken();
    for (int i = 0; i < 3; i++) {
      pool.submit();
    }
    assertThat(pool.dispatched()).containsExactly("c3@p-2", "c4@p-2");
  }

  /** Contract, profiles: the other calls finish, then it is killed and replaced. */
  @Test
  void aCallThatDoesNotStopTakesItsWorkerOutOfDispatchUntilTheOthersAreOver() {
    PoolScript pool = threads(1, 3);
    pool.submit(50);
    pool.submit();
    pool.passes(50 + PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.kills()).isEmpty();
    assertThat(pool.starts()).extracting(PoolEffect.StartWorker::worker).containsExactly("p-2");
    pool.submit();
    assertThat(pool.dispatched()).containsExactly("c1@p-1", "c2@p-1");

    pool.answers("p-1", 2, null);

    assertThat(pool.delivered()).containsExactly("c2");
    assertThat(pool.kills()).containsExactly("p-1");
    pool.ready("p-2");
    assertThat(pool.dispatched()).endsWith("c3@p-2");
    pool.stops("p-1");
    assertThat(pool.starts()).hasSize(1);
    assertThat(pool.state.calls().counters().restarts()).isEqualTo(1);
  }

  @Test
  void oneThatStopsAfterAllLetsItsWorkerEndInPeace() {
    PoolScript pool = threads(1, 3);
    pool.submit(50);
    pool.submit();
    pool.passes(50 + PoolScript.CANCEL_GRACE_MS);
    pool.answers("p-1", 1, ErrorCode.CANCELLED);
    pool.answers("p-1", 2, null);
    assertThat(pool.kills()).isEmpty();
    assertThat(pool.stopsOrdered()).containsExactly("p-1");
  }
}
