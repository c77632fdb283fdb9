package io.snakepit.pool.machine;

import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.List;

/**
 * How workers go that are well, or have only a call that does not stop: they get no more calls,
 * finish those they have, and end. Part of the machine that {@link PoolState} is.
 */
final class Retirement {
  private final PoolState pool;
  private final Crew crew;

  Retirement(PoolState pool) {
    this.pool = pool;
    this.crew = pool.crew();
  }

  /** A ready worker gives up its place and finishes what it has. */
  void leave(WorkerSlot slot, List<PoolEffect> effects) {
    crew.leaving(slot);
    pool.dispatching().unbind(slot, effects);
    goOn(slot, effects);
  }

  /** Something has changed for a worker that is leaving: it may end now. */
  void goOn(WorkerSlot slot, List<PoolEffect> effects) {
    if (slot.state() != State.LEAVING) {
      return;
    }
    if (slot.isIdle()) {
      crew.stopping(slot);
      effects.add(new StopWorker(slot.worker));
    } else if (slot.stuck == slot.running.size()) {
      kill(slot, effects);
    }
  }

  /**
   * A call in it does not stop. With others beside it the worker is taken out of dispatch until
   * they are over; alone, it is killed at once.
   */
  void stuck(Ticket ticket, List<PoolEffect> effects) {
    WorkerSlot slot = ticket.home();
    ticket.stuck = true;
    slot.stuck++;
    if (slot.isReady() && slot.stuck < slot.running.size()) {
      pool.recycling().forget(slot, effects);
      leave(slot, effects);
      pool.counters().restarted();
      crew.fill(0, effects);
    } else if (slot.isReady() || (slot.isLive() && slot.stuck == slot.running.size())) {
      kill(slot, effects);
    }
  }

  private void kill(WorkerSlot slot, List<PoolEffect> effects) {
    slot.condemned = true;
    crew.stopping(slot);
    pool.dispatching().unbind(slot, effects);
    String tools = Explanations.stuckIn(slot);
    effects.add(new KillWorker(slot.worker, Explanations.killedLate(pool.limits(), tools), true));
  }
}
