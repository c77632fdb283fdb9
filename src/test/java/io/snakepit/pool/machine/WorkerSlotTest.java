package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.pool.machine.WorkerSlot.State;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerSlotTest {

  /** Fails if a worker whose process is gone can be given calls, or be stopped, once more. */
  @ParameterizedTest
  @EnumSource
  void fromItsEndAWorkerGoesNowhere(State next) {
    WorkerSlot slot = new WorkerSlot("p-1", new RestartBackoff(List.of(0L), 1), 1, 0);
    slot.to(State.ENDED);
    assertThatThrownBy(() -> slot.to(next)).hasMessage("p-1 can't go from ENDED to " + next);
  }

  /** L7: a worker is let compute for as long as one of its calls has time. */
  @Test
  void aWorkerIsInTimeUntilTheGraceOfItsLastCallIsOver() {
    PoolScript pool = new PoolScript(oneWorker());
    pool.serving();
    assertThat(isInTime(pool)).isFalse();
    pool.submit(500);
    assertThat(isInTime(pool)).isTrue();
    pool.submit(700);
    pool.passes(500 + PoolScript.CANCEL_GRACE_MS);
    assertThat(isInTime(pool)).isTrue();
    pool.passes(200 - 1);
    assertThat(isInTime(pool)).isTrue();
    pool.passes(1);
    assertThat(pool.kills()).hasSize(1);
  }

  @Test
  void aCallWithoutADeadlineHasTimeUntilItIsCancelled() {
    PoolScript pool = new PoolScript(oneWorker().put("executeTimeoutMs", 0)).serving();
    Ticket endless = pool.submit();
    pool.passes(1_000_000);
    assertThat(isInTime(pool)).isTrue();
    pool.cancels(endless);
    assertThat(isInTime(pool)).isTrue();
    pool.passes(PoolScript.CANCEL_GRACE_MS);
    assertThat(pool.kills()).hasSize(1);
  }

  /** Fails if such a call would wait for ever for one that computes and does not stop. */
  @Test
  void aCallWithoutADeadlineHasNoTimeBesideOneThatDoesNotStop() {
    PoolScript pool = new PoolScript(oneWorker().put("executeTimeoutMs", 0));
    pool.serving();
    pool.submit();
    pool.submit(500);
    pool.passes(499 + PoolScript.CANCEL_GRACE_MS);
    assertThat(isInTime(pool)).isTrue();
    pool.passes(1);
    assertThat(isInTime(pool)).isFalse();
  }

  private static JsonObject oneWorker() {
    return new JsonObject().put("size", 1).put("profile", "thread").put("concurrency", 2);
  }

  private static boolean isInTime(PoolScript pool) {
    return pool.state.worker("p-1").inTime();
  }
}
