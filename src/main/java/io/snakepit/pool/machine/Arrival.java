package io.snakepit.pool.machine;

import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.List;

/** The consequences of a worker's start: more start, the pool serves, calls that wait are run. */
final class Arrival {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final CallTable calls;
  private final Dispatching dispatching;
  private final Recycling recycling;
  private final Sizing sizing;
  private final CircuitBreaker circuitBreaker;

  Arrival(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      Crew crew,
      CallTable calls,
      Dispatching dispatching,
      Recycling recycling,
      Sizing sizing,
      CircuitBreaker circuitBreaker) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.calls = calls;
    this.dispatching = dispatching;
    this.recycling = recycling;
    this.sizing = sizing;
    this.circuitBreaker = circuitBreaker;
  }

  /** Gives calls to a worker that has started, and retires the one that it replaces. */
  void ready(WorkerSlot slot, ToolRules rules, long now, List<PoolEffect> effects) {
    crew.ready(slot, now);
    circuitBreaker.ready(slot.worker, now);
    slot.rules = rules;
    dispatching.learn(rules.batches());
    effects.add(new Announce(Event.WORKER_READY, slot.worker, ""));
    crew.fill(lifecycle.isStarting() ? limits.workers().startDelayNanos() : 0, effects);
    serveIfComplete(effects);
    recycling.ready(slot, now, effects);
    dispatching.serve(slot, now, effects);
    if (dispatching.waitingForAnyone() > 0) {
      sizing.grow(effects);
    }
  }

  private void serveIfComplete(List<PoolEffect> effects) {
    if (lifecycle.isStarting() && crew.isComplete()) {
      lifecycle.enter(PoolPhase.SERVING);
      effects.add(new Announce(Event.POOL_READY, "", Load.of(crew, calls).toString()));
      effects.add(new PoolEffect.Started());
    }
  }
}
