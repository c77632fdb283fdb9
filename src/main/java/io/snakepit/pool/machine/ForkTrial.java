package io.snakepit.pool.machine;

import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The trial of forked workers. Libraries may leave on import what no audit sees, such as a lock
 * that is held for ever: then each forked worker hangs or dies, and so does its successor. Where
 * that happens to one after the other and none has ever answered a call, the pool starts fresh
 * interpreters from now on, in place of the forked workers that are left, too.
 *
 * <p>A first answer ends the trial, and each roll begins it anew: the code is another. Pools that
 * are to fork, come what may, and pools that don't fork have none.
 */
final class ForkTrial {
  /**
   * Workers that hang until the pool switches. One may be one call's fault; but a call that hangs
   * is not tried again, so two are two calls, and each has cost its caller a whole deadline.
   */
  static final int MOST_HUNG = 2;

  /**
   * Workers lost in either way until the pool switches: more than one poisonous call, which may be
   * tried again, takes along.
   */
  private final int mostLost;

  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final Sizing sizing;

  /** Forked workers that are still there though they are known to hang. */
  private final Set<String> outgoing = new HashSet<>();

  private boolean running;
  private int hung;
  private int lost;

  ForkTrial(PoolLimits limits, PoolLifecycle lifecycle, Crew crew, Sizing sizing) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.sizing = sizing;
    this.mostLost = limits.calls().maxAttempts() + 1;
    begin();
  }

  /** Begins a trial: workers that are started from now on have imported anew. */
  void begin() {
    running = limits.workers().triesFork();
    hung = 0;
    lost = 0;
  }

  /** Ends the trial: workers are fresh interpreters anyway. */
  void end() {
    running = false;
  }

  /** Notes that a worker has answered a call to one who waits. */
  void answered(WorkerSlot slot) {
    if (running && isOnTrial(slot)) {
      end();
    }
  }

  private boolean isOnTrial(WorkerSlot slot) {
    return slot.generation == crew.generation();
  }

  /** Returns whether forked workers that are known to hang are still being replaced. */
  boolean isClearing() {
    return !outgoing.isEmpty();
  }

  /** Notes a worker's end. Before its place is filled, which may be by another kind of worker. */
  void ended(WorkerSlot slot, String reason, boolean crash, List<PoolEffect> effects) {
    outgoing.remove(slot.worker);
    if (!running || !isOnTrial(slot) || !(slot.hung || crash)) {
      return;
    }
    lost++;
    hung += slot.hung ? 1 : 0;
    if ((hung >= MOST_HUNG || lost >= mostLost) && lifecycle.keepsWorkers()) {
      spawnAfresh(slot.worker + " " + reason, effects);
    }
  }

  private void spawnAfresh(String last, List<PoolEffect> effects) {
    end();
    String why = Explanations.forksFail(hung, lost - hung, last);
    lifecycle.failed(why);
    effects.add(new PoolEffect.SpawnAfresh());
    effects.add(new Announce(Event.POOL_SPAWN_FALLBACK, "", why));
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      if (isOnTrial(slot)) {
        outgoing.add(slot.worker);
        letGo(slot, effects);
      }
    }
    crew.fill(0, effects);
  }

  /**
   * Has a worker end once its calls are over; a successor leaves its place to another successor.
   */
  private void letGo(WorkerSlot slot, List<PoolEffect> effects) {
    if (slot.predecessor != null && slot.state() == State.STARTING) {
      slot.condemned = true;
      crew.stopping(slot);
      effects.add(new PoolEffect.StopWorker(slot.worker));
    } else if (slot.isReady() || slot.state() == State.STARTING) {
      sizing.letGo(slot, effects);
    }
  }
}
