package io.snakepit.pool.machine;

import io.snakepit.api.SnakepitException;
import java.util.ArrayList;
import java.util.List;

/**
 * The orders that operators can give a pool. Each method returns what is to be done, or throws a
 * {@link SnakepitException} that says why it can't be done now, and then nothing has changed.
 */
public final class PoolOrders {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final Sizing sizing;
  private final Recycling recycling;
  private final Eviction eviction;
  private final PoolHealth health;
  private final ForkTrial trial;

  PoolOrders(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      Crew crew,
      Sizing sizing,
      Recycling recycling,
      Eviction eviction,
      PoolHealth health,
      ForkTrial trial) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.sizing = sizing;
    this.recycling = recycling;
    this.eviction = eviction;
    this.health = health;
    this.trial = trial;
  }

  /** Finishes the calls there are and refuses new ones, until {@link #resume}. */
  public List<PoolEffect> drain() {
    requireWorkers("drained");
    lifecycle.pause(true);
    return List.of();
  }

  /** Takes calls again. */
  public List<PoolEffect> resume() {
    requireWorkers("resumed");
    lifecycle.pause(false);
    return List.of();
  }

  /** Has another number of workers from now on. */
  public List<PoolEffect> resize(PoolLimits.Size size, long now) {
    requireWorkers("resized");
    List<PoolEffect> effects = new ArrayList<>();
    sizing.resize(size, effects);
    health.assess(now, effects);
    return effects;
  }

  /** Replaces all workers by ones that have imported the adapter anew. */
  public List<PoolEffect> roll() {
    requireWorkers("rolled");
    if (recycling.roll().isRunning()) {
      throw refusal("is being rolled already");
    }
    List<PoolEffect> effects = new ArrayList<>();
    recycling.rollAll(effects);
    trial.begin();
    return effects;
  }

  /** Replaces a worker once its calls are over. Does nothing if there is none of that name. */
  public List<PoolEffect> recycle(String worker) {
    WorkerSlot slot = crew.find(worker);
    List<PoolEffect> effects = new ArrayList<>();
    if (slot != null) {
      recycling.order(slot, "somebody wanted it", effects);
    }
    return effects;
  }

  /**
   * Kills a worker now, which says nothing of the pool: it is no crash. Does nothing if there is
   * none of that name, or if it is to end already.
   */
  public List<PoolEffect> kill(String worker, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null || slot.state() == WorkerSlot.State.STOPPING) {
      return List.of();
    }
    slot.condemned = true;
    return eviction.kill(slot, "was killed on demand", false, now);
  }

  private void requireWorkers(String done) {
    if (!lifecycle.keepsWorkers()) {
      throw refusal(
          "can't be %s: it %s".formatted(done, Explanations.whyNotServing(lifecycle, crew)));
    }
  }

  private SnakepitException refusal(String what) {
    return new SnakepitException(
        lifecycle.refusalCode(), "pool %s %s".formatted(limits.pool(), what));
  }
}
