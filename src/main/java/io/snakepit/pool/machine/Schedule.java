package io.snakepit.pool.machine;

import java.util.ArrayList;
import java.util.List;

/** What is due in a pool, and when something is next. Part of the machine that PoolState is. */
final class Schedule {
  private final PoolState pool;
  private final CircuitBreaker circuit;
  private final Drain drain;
  private final NextDue next = new NextDue();

  Schedule(PoolState pool, CircuitBreaker circuit, Drain drain) {
    this.pool = pool;
    this.circuit = circuit;
    this.drain = drain;
  }

  /** Does all that is due at that time. */
  List<PoolEffect> run(long now) {
    List<PoolEffect> effects = new ArrayList<>();
    pool.expiry().run(now, effects);
    if (drain.limit().isReached(now)) {
      drain.end(now, effects);
    }
    if (circuit.closeIfDue(now)) {
      pool.succession().close(now, effects);
    }
    if (pool.phase().keepsWorkers()) {
      pool.recycling().expire(now, effects);
      pool.sizing().shrink(now, effects);
    }
    pool.dispatching().serveAnyone(now, effects);
    return effects;
  }

  /** When something is due next, looked up anew: cheap, since it is asked after every step. */
  NextDue next() {
    next.clear();
    Ticket first = pool.calls().deadlines().peek();
    if (first != null) {
      next.add(first.wakeAt);
    }
    if (drain.limit().isSet()) {
      next.add(drain.limit().at());
    }
    if (circuit.isClosing()) {
      next.add(circuit.closesAt());
    }
    if (pool.phase().keepsWorkers()) {
      pool.recycling().addNext(next);
      pool.sizing().addNext(next);
    }
    BatchQueue batch = pool.dispatching().nextToRipen();
    if (batch != null) {
      next.add(batch.ripensAt());
    }
    return next;
  }
}
