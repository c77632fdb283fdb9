package io.snakepit.pool.machine;

import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.List;

/**
 * The retirement of workers that are well, or have only a call that does not stop: they get no more
 * calls, finish those they have, and end.
 */
final class Retirement {
  private final PoolLimits limits;
  private final Crew crew;
  private final Dispatching dispatching;

  Retirement(PoolLimits limits, Crew crew, Dispatching dispatching) {
    this.limits = limits;
    this.crew = crew;
    this.dispatching = dispatching;
  }

  /** Has a ready worker give up its place and finish what it has. */
  void leave(WorkerSlot slot, List<PoolEffect> effects) {
    crew.leaving(slot);
    dispatching.unbind(slot, effects);
    goOn(slot, effects);
  }

  /** Ends a worker that is leaving, if it has nothing to finish any more. */
  void goOn(WorkerSlot slot, List<PoolEffect> effects) {
    if (slot.state() != State.LEAVING) {
      return;
    }
    if (slot.isIdle()) {
      crew.stopping(slot);
      effects.add(new StopWorker(slot.worker));
    } else if (slot.stuck == slot.running.size()) {
      killStuck(slot, effects);
    }
  }

  /** Kills a worker that has no calls but such as do not stop. */
  void killStuck(WorkerSlot slot, List<PoolEffect> effects) {
    kill(slot, Explanations.killedLate(limits, Explanations.stuckIn(slot)), effects);
  }

  /** Kills a worker in which none of its calls can go on beside one that does not stop. */
  void killStanding(WorkerSlot slot, List<PoolEffect> effects) {
    kill(slot, Explanations.killedStanding(limits, Explanations.stuckIn(slot)), effects);
  }

  private void kill(WorkerSlot slot, String reason, List<PoolEffect> effects) {
    slot.condemned = true;
    slot.hung = true;
    crew.stopping(slot);
    dispatching.unbind(slot, effects);
    effects.add(new KillWorker(slot.worker, reason, true));
  }
}
