package io.snakepit.pool.machine;

import io.snakepit.pool.machine.PoolEffect.KillWorker;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of workers that hang, break the protocol, lose their connection, or are killed on demand.
 * Each is replaced once its process has ended.
 */
final class Eviction {
  private final Crew crew;
  private final Dispatching dispatching;
  private final PoolHealth health;

  Eviction(Crew crew, Dispatching dispatching, PoolHealth health) {
    this.crew = crew;
    this.dispatching = dispatching;
    this.health = health;
  }

  /**
   * Kills a worker that is not being stopped already.
   *
   * @param stacks whether it shall say before where its threads are
   */
  List<PoolEffect> kill(WorkerSlot slot, String reason, boolean stacks, long now) {
    List<PoolEffect> effects = new ArrayList<>(2);
    crew.stopping(slot);
    dispatching.unbind(slot, effects);
    effects.add(new KillWorker(slot.worker, reason, stacks));
    health.assess(now, effects);
    return effects;
  }

  /**
   * Gives no more calls to a worker whose connection has ended.
   *
   * @param unread whether what was last sent to it has provably not been read
   */
  void lost(WorkerSlot slot, boolean unread, long now, List<PoolEffect> effects) {
    slot.unread |= unread && slot.running.size() == 1;
    if (slot.state() != WorkerSlot.State.STOPPING) {
      crew.stopping(slot);
      dispatching.unbind(slot, effects);
      health.assess(now, effects);
    }
  }

  /** Kills a worker that has sent what the protocol does not allow; nothing if it ends anyway. */
  List<PoolEffect> breach(WorkerSlot slot, String what, long now) {
    return slot.isLive() ? kill(slot, "broke the protocol: " + what, false, now) : List.of();
  }
}
