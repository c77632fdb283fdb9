package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.List;
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
}
