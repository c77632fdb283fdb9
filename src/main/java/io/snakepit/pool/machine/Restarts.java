package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.List;

/**
 * What follows a worker's end: who takes its place and when, and what its crash says of the pool.
 * Part of the machine that {@link PoolState} is.
 */
final class Restarts {
  private final PoolState pool;
  private final Crew crew;
  private final PoolLimits limits;
  private final CircuitBreaker circuit;

  Restarts(PoolState pool, CircuitBreaker circuit) {
    this.pool = pool;
    this.crew = pool.crew();
    this.limits = pool.limits();
    this.circuit = circuit;
  }

  /** A worker has ended, and its calls are looked after. */
  void ended(WorkerSlot slot, String reason, boolean crash, long now, List<PoolEffect> effects) {
    boolean successor = pool.recycling().ended(slot, reason, now, effects);
    boolean vacant = !successor && !slot.replaced;
    judge(slot, crash && vacant, now, effects);
    if (vacant) {
      fillPlace(slot, reason, now, effects);
    }
    if (pool.phase().keepsWorkers()) {
      crew.fill(0, effects);
    }
  }

  /** Only who held a place says something of the pool by crashing. */
  private void judge(WorkerSlot slot, boolean crash, long now, List<PoolEffect> effects) {
    if (!crash) {
      circuit.left(slot.worker);
    } else if (circuit.crashed(slot.worker, now) && pool.phase() == PoolPhase.SERVING) {
      open(now, effects);
    }
  }

  /** Too many crashes: calls fail fast until a worker stays up. */
  private void open(long now, List<PoolEffect> effects) {
    pool.enter(PoolPhase.OPEN);
    // Those that are up may prove it by staying so: perhaps no other will ever start.
    crew.all().stream()
        .filter(WorkerSlot::isReady)
        .forEach(slot -> circuit.ready(slot.worker, now));
    String why = Explanations.circuitOpen(pool);
    effects.add(new Announce(Event.POOL_CIRCUIT_OPEN, "", why));
    pool.dispatching().refuseWaiting(ErrorCode.POOL_UNAVAILABLE, why, effects);
  }

  /** A worker has stayed up: calls are taken again. */
  void close(long now, List<PoolEffect> effects) {
    if (pool.phase() == PoolPhase.OPEN) {
      pool.enter(PoolPhase.SERVING);
      effects.add(new Announce(Event.POOL_CIRCUIT_CLOSED, "", Explanations.load(pool)));
      pool.health().assess(pool, now, effects);
    }
  }

  /** Sees to it that an ended worker's place is filled, if it is to be. */
  private void fillPlace(WorkerSlot ended, String reason, long now, List<PoolEffect> effects) {
    if (pool.phase() == PoolPhase.STARTING) {
      effects.addAll(pool.failStart(reason));
    } else if (pool.phase().keepsWorkers() && crew.vacancies() > 0) {
      pool.counters().restarted();
      boolean open = pool.phase() == PoolPhase.OPEN;
      long pause = open ? limits.restart().lastBackoffNanos() : ended.backoff.next(now);
      effects.add(crew.replace(ended, pause));
    }
  }
}
