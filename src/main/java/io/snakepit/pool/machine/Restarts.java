package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.List;

/**
 * The consequences of a worker's end: which takes its place and when, and what a crash means for
 * the pool.
 */
final class Restarts {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final CallTable calls;
  private final CircuitBreaker circuitBreaker;
  private final Dispatching dispatching;
  private final Recycling recycling;
  private final PoolHealth health;

  Restarts(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      Crew crew,
      CallTable calls,
      CircuitBreaker circuitBreaker,
      Dispatching dispatching,
      Recycling recycling,
      PoolHealth health) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.calls = calls;
    this.circuitBreaker = circuitBreaker;
    this.dispatching = dispatching;
    this.recycling = recycling;
    this.health = health;
  }

  /** Gives up the start of the pool for that reason. */
  void failStart(String reason, List<PoolEffect> effects) {
    lifecycle.failStart(reason);
    crew.close();
    effects.add(new Announce(Event.POOL_FAILED, "", reason));
    effects.add(new PoolEffect.StartFailed(reason));
  }

  /** Fills the place of a worker that has ended, and whose calls are looked after. */
  void ended(WorkerSlot slot, String reason, boolean crash, long now, List<PoolEffect> effects) {
    boolean successor = recycling.ended(slot, reason, now, effects);
    boolean vacant = !successor && !slot.replaced;
    judge(slot, crash && vacant, now, effects);
    if (vacant) {
      fillPlace(slot, reason, now, effects);
    }
    if (lifecycle.keepsWorkers()) {
      crew.fill(0, effects);
    }
  }

  /** Counts a crash against the pool, if the worker held a place. */
  private void judge(WorkerSlot slot, boolean crash, long now, List<PoolEffect> effects) {
    if (!crash) {
      circuitBreaker.left(slot.worker);
    } else if (circuitBreaker.crashed(slot.worker, now) && lifecycle.isServing()) {
      open(now, effects);
    }
  }

  /** Has calls fail fast after too many crashes, until a worker stays up. */
  private void open(long now, List<PoolEffect> effects) {
    lifecycle.enter(PoolPhase.OPEN);
    // Those that are up may prove it by staying so: perhaps no other will ever start.
    crew.all().stream()
        .filter(WorkerSlot::isReady)
        .forEach(slot -> circuitBreaker.ready(slot.worker, now));
    String why = Explanations.circuitOpen(limits, lifecycle.lastError());
    effects.add(new Announce(Event.POOL_CIRCUIT_OPEN, "", why));
    dispatching.refuseWaiting(ErrorCode.POOL_UNAVAILABLE, why, effects);
  }

  /** Has calls taken again, if a worker has stayed up for long enough. */
  void closeIfDue(long now, List<PoolEffect> effects) {
    if (circuitBreaker.closeIfDue(now) && lifecycle.phase() == PoolPhase.OPEN) {
      lifecycle.enter(PoolPhase.SERVING);
      String load = Load.of(crew, calls).toString();
      effects.add(new Announce(Event.POOL_CIRCUIT_CLOSED, "", load));
      health.assess(now, effects);
    }
  }

  /** Replaces a worker. Before the pool serves, one that has ended by itself has failed it. */
  private void fillPlace(WorkerSlot ended, String reason, long now, List<PoolEffect> effects) {
    boolean starting = lifecycle.isStarting();
    if (starting && !ended.condemned) {
      failStart(reason, effects);
    } else if ((starting || lifecycle.keepsWorkers()) && crew.vacancies() > 0) {
      calls.counters().restarted();
      effects.add(crew.replace(ended, pauseBefore(ended, now)));
    }
  }

  /** Returns the pause before a worker is replaced: none after one that we have ended ourselves. */
  private long pauseBefore(WorkerSlot ended, long now) {
    if (ended.condemned) {
      return 0;
    }
    boolean open = lifecycle.phase() == PoolPhase.OPEN;
    return open ? limits.restart().lastBackoffNanos() : ended.backoff.next(now);
  }

  /** Tells when the circuit closes, if nothing happens before. */
  void addNext(NextDue next) {
    if (circuitBreaker.isClosing()) {
      next.add(circuitBreaker.closesAt());
    }
  }
}
