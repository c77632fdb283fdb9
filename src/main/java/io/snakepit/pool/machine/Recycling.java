package io.snakepit.pool.machine;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Replaces workers that are worn, or that somebody wants replaced, by fresh ones: the new one is
 * ready first, so that the pool never dips below its size.
 */
final class Recycling {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final Counters counters;
  private final Dispatching dispatching;
  private final Retirement retirement;
  private final RandomGenerator chance;
  private final Roll roll = new Roll();

  /** Workers that are due and have no successor on its way yet. */
  private final ArrayDeque<WorkerSlot> waiting = new ArrayDeque<>();

  private final NextDue nextAge = new NextDue();

  Recycling(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      Crew crew,
      Counters counters,
      Dispatching dispatching,
      Retirement retirement,
      RandomGenerator chance) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.counters = counters;
    this.dispatching = dispatching;
    this.retirement = retirement;
    this.chance = chance;
  }

  Roll roll() {
    return roll;
  }

  /** Sets the limits of a worker that is ready, and retires the one that it replaces. */
  void ready(WorkerSlot slot, long now, List<PoolEffect> effects) {
    slot.wear.begin(limits.recycle(), chance.nextDouble(), now);
    WorkerSlot predecessor = slot.predecessor;
    slot.predecessor = null;
    if (predecessor != null && predecessor.isReady()) {
      retire(predecessor, effects);
    } else if (predecessor != null) {
      predecessor.replaced = true;
    }
    roll.arrived(slot.generation);
    if (slot.generation < crew.generation() && roll.isRunning()) {
      mark(slot, Roll.REASON, effects);
    }
    launch(effects);
    findNextAge();
  }

  private void retire(WorkerSlot slot, List<PoolEffect> effects) {
    counters.recycled();
    effects.add(new Announce(Event.WORKER_RECYCLED, slot.worker, requireNonNull(slot.due)));
    retirement.leave(slot, effects);
    roll.left(slot);
  }

  /** Notes what a worker holds, told between its calls. */
  void holds(WorkerSlot slot, long residentBytes, List<PoolEffect> effects) {
    slot.wear.holds(residentBytes);
    judge(slot, effects);
  }

  /** Marks a worker that has reached one of its limits. */
  void judge(WorkerSlot slot, List<PoolEffect> effects) {
    String reached = slot.wear.reached();
    if (reached != null) {
      mark(slot, reached, effects);
      launch(effects);
    }
  }

  /** Marks all workers that are too old. */
  void expire(long now, List<PoolEffect> effects) {
    if (!nextAge.exists() || nextAge.at() - now > 0) {
      return;
    }
    // Those that aren't ready, and have no age yet, are not marked.
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      if (slot.wear.expiresAt() - now <= 0) {
        mark(slot, "is older than recycle.maxAgeMs allows", effects);
      }
    }
    launch(effects);
    findNextAge();
  }

  /**
   * Replaces a worker that must serve no further call: it finishes those that it has, while its
   * successor starts.
   */
  void replaceAtOnce(WorkerSlot slot, String reason, List<PoolEffect> effects) {
    if (slot.isReady() && lifecycle.keepsWorkers()) {
      forget(slot, effects);
      counters.recycled();
      effects.add(new Announce(Event.WORKER_RECYCLED, slot.worker, reason));
      retirement.leave(slot, effects);
      crew.fill(0, effects);
    }
  }

  /** Replaces a worker on demand. */
  void order(WorkerSlot slot, String reason, List<PoolEffect> effects) {
    mark(slot, reason, effects);
    launch(effects);
  }

  /** Replaces all workers by ones that have imported the adapter anew. */
  void rollAll(List<PoolEffect> effects) {
    crew.nextGeneration();
    effects.add(new PoolEffect.ImportAnew());
    roll.begin(crew);
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      mark(slot, Roll.REASON, effects);
    }
    launch(effects);
  }

  private void mark(WorkerSlot slot, String reason, List<PoolEffect> effects) {
    if (slot.isReady() && slot.due == null) {
      crew.due(slot, reason);
      dispatching.unbind(slot, effects);
      waiting.add(slot);
    }
  }

  /** Starts successors, as many at a time as may start. */
  private void launch(List<PoolEffect> effects) {
    if (!lifecycle.keepsWorkers()) {
      return;
    }
    while (crew.count(State.STARTING) < limits.workers().startBatch()) {
      WorkerSlot next = waiting.poll();
      if (next == null) {
        return;
      }
      if (next.isReady()) {
        effects.add(crew.succeed(next, 0));
      }
    }
  }

  /**
   * Looks after the successor, or the predecessor, of a worker that has ended.
   *
   * @return whether it was to replace another, which is now somebody else's task: no place is
   *     vacant
   */
  boolean ended(WorkerSlot slot, String reason, long now, List<PoolEffect> effects) {
    waiting.remove(slot);
    roll.left(slot);
    findNextAge();
    for (WorkerSlot each : crew.all()) {
      if (each.predecessor == slot) {
        each.predecessor = null;
        each.replaced |= each.state() == State.STOPPING;
      }
    }
    WorkerSlot predecessor = slot.predecessor;
    if (predecessor == null) {
      launch(effects);
      return false;
    }
    // A successor that we have ended ourselves says nothing of the new code.
    boolean failed = !slot.condemned;
    boolean rolled = Roll.REASON.equals(predecessor.due);
    if (failed && rolled && roll.failed(slot.worker + " " + reason)) {
      giveUpRoll(now, effects);
    } else if (lacksSuccessor(predecessor) && lifecycle.keepsWorkers()) {
      effects.add(crew.succeed(predecessor, failed ? predecessor.backoff.next(now) : 0));
    }
    launch(effects);
    return true;
  }

  /** Returns whether a worker is due and has no successor, not even one whose end is awaited. */
  private boolean lacksSuccessor(WorkerSlot slot) {
    return slot.isReady()
        && slot.due != null
        && crew.all().stream().noneMatch(each -> each.predecessor == slot);
  }

  /** Keeps the former workers: code that can't start must not take the place of code that runs. */
  private void giveUpRoll(long now, List<PoolEffect> effects) {
    effects.add(new Announce(Event.POOL_DEGRADED, "", Explanations.rollFailed(roll.fault())));
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      if (Roll.REASON.equals(slot.due)) {
        waiting.remove(slot);
        stopSuccessorOf(slot, effects);
        crew.due(slot, null);
        dispatching.serve(slot, now, effects);
      }
    }
  }

  /** Has a worker go without a successor; one that is on its way goes with it. */
  void forget(WorkerSlot slot, List<PoolEffect> effects) {
    waiting.remove(slot);
    roll.left(slot);
    stopSuccessorOf(slot, effects);
  }

  private void stopSuccessorOf(WorkerSlot slot, List<PoolEffect> effects) {
    WorkerSlot successor = successorOf(slot);
    if (successor != null) {
      successor.predecessor = null;
      successor.replaced = true;
      crew.stopping(successor);
      effects.add(new PoolEffect.StopWorker(successor.worker));
    }
  }

  private @Nullable WorkerSlot successorOf(WorkerSlot slot) {
    return crew.all().stream()
        .filter(each -> each.predecessor == slot && each.state() == State.STARTING)
        .findFirst()
        .orElse(null);
  }

  private void findNextAge() {
    nextAge.clear();
    for (WorkerSlot slot : crew.all()) {
      if (slot.isReady() && slot.due == null && slot.wear.expires()) {
        nextAge.add(slot.wear.expiresAt());
      }
    }
  }

  /** Tells when a worker is next too old. */
  void addNext(NextDue next) {
    if (nextAge.exists()) {
      next.add(nextAge.at());
    }
  }
}
