package io.snakepit.pool.machine;

import io.snakepit.api.SnakepitException;
import java.util.ArrayList;
import java.util.List;

/**
 * What operators can have a pool do. Each method answers what is to be done, or throws a {@link
 * SnakepitException} that says why it can't be done now, and then nothing has changed.
 */
public final class PoolOrders {
  private final PoolState pool;

  public PoolOrders(PoolState pool) {
    this.pool = pool;
  }

  /** Finishes the calls there are and refuses new ones, until {@link #resume}. */
  public void drain() {
    requireWorkers("drained");
    pool.pause(true);
  }

  /** Takes calls again. */
  public void resume() {
    requireWorkers("resumed");
    pool.pause(false);
  }

  /** Has another number of workers from now on. */
  public List<PoolEffect> resize(PoolLimits.Size size, long now) {
    requireWorkers("resized");
    List<PoolEffect> effects = new ArrayList<>();
    pool.sizing().resize(size, effects);
    pool.health().assess(pool, now, effects);
    return effects;
  }

  /** Replaces all workers by ones that have imported the adapter anew. */
  public List<PoolEffect> roll() {
    requireWorkers("rolled");
    if (pool.recycling().roll().isRunning()) {
      throw refusal("is being rolled already");
    }
    List<PoolEffect> effects = new ArrayList<>();
    pool.recycling().rollAll(effects);
    return effects;
  }

  /** Replaces a worker once its calls are over. */
  public List<PoolEffect> recycle(WorkerSlot slot) {
    List<PoolEffect> effects = new ArrayList<>();
    pool.recycling().order(slot, "somebody wanted it", effects);
    return effects;
  }

  /** Kills a worker now. That says nothing of the pool: it is no crash. */
  public List<PoolEffect> kill(WorkerSlot slot, long now) {
    if (slot.state() == WorkerSlot.State.STOPPING) {
      return List.of();
    }
    slot.condemned = true;
    return pool.kill(slot, "was killed on demand", false, now);
  }

  private void requireWorkers(String done) {
    if (!pool.phase().keepsWorkers()) {
      throw refusal("can't be %s: it %s".formatted(done, Explanations.whyNotServing(pool)));
    }
  }

  private SnakepitException refusal(String what) {
    return new SnakepitException(
        pool.refusalCode(), "pool %s %s".formatted(pool.limits().pool(), what));
  }
}
