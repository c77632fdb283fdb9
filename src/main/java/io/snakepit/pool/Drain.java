package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.PoolEffect.KillWorker;
import io.snakepit.pool.PoolEffect.StopWorker;
import io.snakepit.pool.Ticket.State;
import java.util.List;

/**
 * The end of a pool: workers are stopped as they become free, and whoever is not by the limit is
 * killed. Part of the machine that {@link PoolState} is.
 */
final class Drain {
  private final PoolLimits limits;
  private final Crew crew;
  private final CallBook calls;
  private final DrainLimit limit = new DrainLimit();
  private boolean begun;

  Drain(PoolLimits limits, Crew crew, CallBook calls) {
    this.limits = limits;
    this.crew = crew;
    this.calls = calls;
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
    if (!begun || calls.queued() > 0) {
      return;
    }
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      if (slot.state() == WorkerSlot.State.IDLE || slot.state() == WorkerSlot.State.STARTING) {
        crew.stopping(slot);
        effects.add(new StopWorker(slot.worker));
      }
    }
  }

  /** The time is up: refuses who waits, cancels what runs. */
  void end(List<PoolEffect> effects) {
    limit.clear();
    refuseWaiting(effects);
    stopIdle(effects);
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      Ticket ticket = slot.current;
      if (ticket != null) {
        cancel(slot, ticket, effects);
      }
    }
  }

  private void cancel(WorkerSlot slot, Ticket ticket, List<PoolEffect> effects) {
    if (ticket.state == State.RUNNING) {
      String message = Explanations.cancelledByDrain(limits.pool());
      effects.add(calls.abandon(ticket, ErrorCode.CANCELLED, message));
    }
    calls.deadlines().cancel(ticket);
    if (slot.state() == WorkerSlot.State.BUSY) {
      crew.stopping(slot);
    }
    slot.condemned = true;
    effects.add(new KillWorker(slot.worker, "was still busy at the end of the drain"));
  }

  void refuseWaiting(List<PoolEffect> effects) {
    String message = Explanations.drainedAway(limits.pool());
    calls.refuseWaiting(ErrorCode.SHUTTING_DOWN, message, effects);
  }
}
