package io.snakepit.pool.machine;

/**
 * A worker's state at one moment, for reports.
 *
 * @param state one of {@code starting}, {@code idle}, {@code busy} and {@code stopping}
 * @param calls calls that it has answered
 * @param errors those of them that failed, and those that timed out
 * @param running calls in it, answered or not
 * @param inTime whether it has a call whose deadline and grace are not over
 */
public record WorkerStatus(String state, long calls, long errors, int running, boolean inTime) {

  static WorkerStatus of(WorkerSlot slot) {
    return new WorkerStatus(
        slot.stateName(), slot.calls, slot.errors, slot.running.size(), slot.isInTime());
  }
}
