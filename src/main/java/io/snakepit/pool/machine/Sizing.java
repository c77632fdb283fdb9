package io.snakepit.pool.machine;

import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The number of workers that there are to be: a fixed one, or as many as the load asks for between
 * two bounds.
 */
final class Sizing {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final Dispatching dispatching;
  private final Recycling recycling;
  private final Retirement retirement;
  private PoolLimits.Size size;

  Sizing(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      Crew crew,
      Dispatching dispatching,
      Recycling recycling,
      Retirement retirement) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.dispatching = dispatching;
    this.recycling = recycling;
    this.retirement = retirement;
    this.size = limits.workers().size();
  }

  /** Returns the least workers that a pool which is well has. */
  int least() {
    return size.isElastic() ? size.min() : crew.target();
  }

  /** Starts one more worker for calls that wait, if those that are starting won't do. */
  void grow(List<PoolEffect> effects) {
    if (crew.target() < size.max() && lifecycle.isServing()) {
      int coming = crew.starting() * limits.workers().concurrency();
      if (dispatching.waitingForAnyone() > coming) {
        crew.target(crew.target() + 1);
        crew.fill(0, effects);
      }
    }
  }

  /** Changes the number of workers: new ones start, surplus ones end once their calls are over. */
  void resize(PoolLimits.Size wanted, List<PoolEffect> effects) {
    size = wanted;
    crew.target(Math.min(Math.max(crew.target(), wanted.min()), wanted.max()));
    letSurplusGo(effects);
    crew.fill(0, effects);
  }

  private void letSurplusGo(List<PoolEffect> effects) {
    List<WorkerSlot> byUse =
        crew.all().stream()
            .filter(WorkerSlot::holdsPlace)
            .sorted(Comparator.comparingInt(Sizing::cost))
            .toList();
    int surplus = -crew.vacancies();
    byUse.stream().limit(Math.max(0, surplus)).forEach(slot -> letGo(slot, effects));
  }

  /**
   * Ranks workers: those that end anyway go first, then the starting, then those with few calls.
   */
  private static int cost(WorkerSlot slot) {
    return switch (slot.state()) {
      case STOPPING -> -2;
      case STARTING -> -1;
      default -> slot.load;
    };
  }

  /** Has a worker end once its calls are over, and leaves its place to others. */
  void letGo(WorkerSlot slot, List<PoolEffect> effects) {
    recycling.forget(slot, effects);
    if (slot.isReady()) {
      retirement.leave(slot, effects);
    } else if (slot.state() == State.STOPPING) {
      slot.replaced = true;
    } else {
      slot.replaced = true;
      crew.stopping(slot);
      effects.add(new PoolEffect.StopWorker(slot.worker));
    }
  }

  /** Ends workers beyond the least that have had nothing to do for long enough. */
  void shrink(long now, List<PoolEffect> effects) {
    for (WorkerSlot slot = surplus(); slot != null; slot = surplus()) {
      if (slot.idleSince + size.idleNanos() - now > 0) {
        return;
      }
      crew.target(crew.target() - 1);
      letGo(slot, effects);
    }
  }

  /** Returns the worker that is to end next if no call comes, or null. */
  private @Nullable WorkerSlot surplus() {
    boolean may = crew.target() > size.min() && lifecycle.isServing();
    return may ? crew.longestIdle() : null;
  }

  /** Tells when a worker has had nothing to do for long enough. */
  void addNext(NextDue next) {
    if (size.isElastic()) {
      WorkerSlot slot = surplus();
      if (slot != null) {
        next.add(slot.idleSince + size.idleNanos());
      }
    }
  }
}
