package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The trial of forked workers. Libraries may leave on import what no audit sees, such as a lock
 * that is held for ever: then each forked worker hangs or dies, as it starts or in a call, and so
 * does its successor. Where that happens to one after the other and none has ever answered a call,
 * the pool starts fresh interpreters from now on, in place of the forked workers that are left,
 * too. As the pool starts, a single one is enough: it would fail the start, and has run nothing but
 * what each of them runs.
 *
 * <p>A first answer of a tool ends the trial, and each roll begins it anew: the code is another.
 * Pools that are to fork, come what may, and pools that don't fork have none. An adapter that
 * raises as it starts would do so in a fresh interpreter, too: that is no matter of this trial.
 */
final class ForkTrial {
  /**
   * Workers that hang until the pool switches. One may be one call's fault; but a call that hangs
   * is not tried again, so two are two calls, and each has cost its caller a whole deadline.
   */
  static final int MOST_HUNG = 2;

  /** Failures that a tool has answered with, and not what stands before it. */
  private static final Set<ErrorCode> OF_TOOLS =
      EnumSet.of(
          ErrorCode.PYTHON_EXCEPTION, ErrorCode.SERIALIZATION_ERROR, ErrorCode.PAYLOAD_TOO_LARGE);

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

  /**
   * Notes that a worker has answered a call to one who waits.
   *
   * @param failure the code of the answer; null for a result, or a piece of it
   */
  void answered(WorkerSlot slot, @Nullable ErrorCode failure) {
    if (running && isOnTrial(slot) && (failure == null || OF_TOOLS.contains(failure))) {
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

  /**
   * Notes a worker's end. Before its place is filled, which may be by another kind of worker.
   *
   * @param died whether its process has ended unasked, or was late
   */
  void ended(WorkerSlot slot, String reason, boolean died, List<PoolEffect> effects) {
    outgoing.remove(slot.worker);
    if (!running || !isOnTrial(slot) || !(slot.hung || died)) {
      return;
    }
    lost++;
    hung += slot.hung ? 1 : 0;
    if (lifecycle.isStarting()) {
      slot.replaced = true; // so that it does not fail the start
      spawnAfresh(slot.worker + " " + reason, effects);
    } else if (lifecycle.keepsWorkers() && (hung >= MOST_HUNG || lost >= mostLost)) {
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
   * However one ends that is starting, it is no crash: the pool has done with its kind. Nor is any
   * while the pool starts, be it one that has lost its connection and is about to end.
   */
  private void letGo(WorkerSlot slot, List<PoolEffect> effects) {
    boolean starting = slot.state() == State.STARTING;
    slot.condemned |= starting || lifecycle.isStarting();
    if (starting && slot.predecessor != null) {
      crew.stopping(slot);
      effects.add(new PoolEffect.StopWorker(slot.worker));
    } else if (starting || slot.isReady() || lifecycle.isStarting()) {
      sizing.letGo(slot, effects);
    }
  }
}
