package io.snakepit.pool.machine;

import java.util.ArrayList;
import java.util.List;

/** The things that are due in a pool, and the time at which the next one is. */
final class Schedule {
  private final PoolLifecycle lifecycle;
  private final Expiry expiry;
  private final Drain drain;
  private final Restarts restarts;
  private final Recycling recycling;
  private final Sizing sizing;
  private final Dispatching dispatching;
  private final NextDue next = new NextDue();

  Schedule(
      PoolLifecycle lifecycle,
      Expiry expiry,
      Drain drain,
      Restarts restarts,
      Recycling recycling,
      Sizing sizing,
      Dispatching dispatching) {
    this.lifecycle = lifecycle;
    this.expiry = expiry;
    this.drain = drain;
    this.restarts = restarts;
    this.recycling = recycling;
    this.sizing = sizing;
    this.dispatching = dispatching;
  }

  /** Does all that is due at that time. */
  List<PoolEffect> run(long now) {
    List<PoolEffect> effects = new ArrayList<>();
    expiry.run(now, effects);
    drain.endIfDue(now, effects);
    restarts.closeIfDue(now, effects);
    if (lifecycle.keepsWorkers()) {
      recycling.expire(now, effects);
      sizing.shrink(now, effects);
    }
    dispatching.serveAnyone(now, effects);
    return effects;
  }

  /** Returns when something is due next, looked up anew: cheap, for it is asked after each step. */
  NextDue next() {
    next.clear();
    expiry.addNext(next);
    drain.addNext(next);
    restarts.addNext(next);
    if (lifecycle.keepsWorkers()) {
      recycling.addNext(next);
      sizing.addNext(next);
    }
    dispatching.addNext(next);
    return next;
  }
}
