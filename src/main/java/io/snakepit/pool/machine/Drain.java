package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.pool.machine.Ticket.State;
import java.util.List;

/**
 * The end of a pool: workers are stopped as they become free; at the limit what still runs is
 * cancelled, and what still waits refused. Part of the machine that {@link PoolState} is.
 */
final class Drain {
  private final PoolState pool;
  private final Crew crew;
  private final DrainLimit limit = new DrainLimit();
  private boolean begun;

  Drain(PoolState pool) {
    this.pool = pool;
    this.crew = pool.crew();
  }

  DrainLimit limit() {
    return limit;
  }

  void begin(long endsAt, List<PoolEffect> effects) {
    begun = true;
    crew.close();
    limit.set(endsAt);
    stopIdle(effects);
  }

  /** Stops who has nothing to do; does nothing before {@link #begin}, or while calls wait. */
  void stopIdle(List<PoolEffect> effects) {
    if (!begun || pool.queued() > 0) {
      return;
    }
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      boolean idle = slot.isReady() && slot.isIdle();
      if (idle || slot.state() == WorkerSlot.State.STARTING) {
        crew.stopping(slot);
        effects.add(new StopWorker(slot.worker));
      }
    }
  }

  /** The time is up: refuses who waits, cancels what runs. */
  void end(long now, List<PoolEffect> effects) {
    limit.clear();
    refuseWaiting(effects);
    stopIdle(effects);
    String message = Explanations.cancelledByDrain(pool.limits().pool());
    pool.streams().refuseAll(ErrorCode.CANCELLED, message, effects);
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      for (Ticket ticket : slot.inOrder()) {
        if (ticket.state == State.RUNNING) {
          pool.expiry().abandon(ticket, ErrorCode.CANCELLED, message, now, effects);
        }
      }
    }
    pool.stopIfEmpty(effects);
  }

  void refuseWaiting(List<PoolEffect> effects) {
    String message = Explanations.drainedAway(pool.limits().pool());
    pool.dispatching().refuseWaiting(ErrorCode.SHUTTING_DOWN, message, effects);
  }
}
