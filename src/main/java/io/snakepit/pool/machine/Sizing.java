package io.snakepit.pool.machine;

import io.snakepit.pool.machine.WorkerSlot.State;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many workers there are to be: a fixed number, or as many as the load asks for between two
 * bounds. Part of the machine that {@link PoolState} is.
 */
final class Sizing {
  private final PoolState pool;
  private final Crew crew;
  private final PoolLimits limits;
  private PoolLimits.Size size;

  Sizing(PoolState pool) {
    this.pool = pool;
    this.crew = pool.crew();
    this.limits = pool.limits();
    this.size = limits.workers().size();
  }

  PoolLimits.Size size() {
    return size;
  }

  /** The least workers that a pool which is well has. */
  int least() {
    return size.isElastic() ? size.min() : crew.target();
  }

  /** A call has to wait: one more worker, if those that are starting won't do. */
  void grow(List<PoolEffect> effects) {
    if (crew.target() < size.max() && pool.phase() == PoolPhase.SERVING) {
      int coming = crew.starting() * limits.workers().concurrency();
      if (pool.dispatching().waitingForAnyone() > coming) {
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

  /** Those that end anyway go first, then those that are starting, then those with few calls. */
  private static int cost(WorkerSlot slot) {
    return switch (slot.state()) {
      case STOPPING -> -2;
      case STARTING -> -1;
      default -> slot.load;
    };
  }

  private void letGo(WorkerSlot slot, List<PoolEffect> effects) {
    pool.recycling().forget(slot, effects);
    if (slot.isReady()) {
      pool.departures().leave(slot, effects);
    } else if (slot.state() == State.STOPPING) {
      slot.replaced = true;
    } else {
      slot.replaced = true;
      crew.stopping(slot);
      effects.add(new PoolEffect.StopWorker(slot.worker));
    }
  }

  /** Workers beyond the least that have had nothing to do for long enough end. */
  void shrink(long now, List<PoolEffect> effects) {
    for (WorkerSlot slot = surplus(); slot != null; slot = surplus()) {
      if (slot.idleSince + size.idleNanos() - now > 0) {
        return;
      }
      crew.target(crew.target() - 1);
      letGo(slot, effects);
    }
  }

  /** Who is to end next if nothing comes, or null. */
  private @Nullable WorkerSlot surplus() {
    boolean may = crew.target() > size.min() && pool.phase() == PoolPhase.SERVING;
    return may ? crew.longestIdle() : null;
  }

  void addNext(NextDue earliest) {
    if (size.isElastic()) {
      WorkerSlot slot = surplus();
      if (slot != null) {
        earliest.add(slot.idleSince + size.idleNanos());
      }
    }
  }
}
