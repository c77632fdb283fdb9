package io.snakepit.pool.machine;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Workers that have room for another call, by how loaded they are. The least loaded comes first,
 * and among equals the one used last, so that caches are warm and surplus workers stay idle. Linked
 * lists through the slots, one per load: each step is O(1).
 */
final class ReadyWorkers {
  private final @Nullable WorkerSlot[] heads;
  private final @Nullable WorkerSlot[] tails;
  private final BitSet loads = new BitSet();

  /**
   * @param capacity units that each worker has
   */
  ReadyWorkers(int capacity) {
    heads = new WorkerSlot[capacity];
    tails = new WorkerSlot[capacity];
  }

  boolean isEmpty() {
    return loads.isEmpty();
  }

  /** The least loaded, or null. */
  @Nullable WorkerSlot first() {
    int load = loads.nextSetBit(0);
    return load < 0 ? null : heads[load];
  }

  /** Among those without any call the one that has been so longest, or null. */
  @Nullable WorkerSlot longestIdle() {
    return tails[0];
  }

  /** Adds a slot, which is nowhere yet, as the one used last. */
  void add(WorkerSlot slot) {
    int load = slot.load;
    slot.shelf = this;
    slot.shelfLoad = load;
    WorkerSlot after = heads[load];
    slot.shelfPrevious = null;
    slot.shelfNext = after;
    heads[load] = slot;
    if (after == null) {
      tails[load] = slot;
      loads.set(load);
    } else {
      after.shelfPrevious = slot;
    }
  }

  /** Takes out a slot that is here. */
  void remove(WorkerSlot slot) {
    int load = slot.shelfLoad;
    WorkerSlot before = slot.shelfPrevious;
    WorkerSlot after = slot.shelfNext;
    if (before == null) {
      heads[load] = after;
    } else {
      before.shelfNext = after;
    }
    if (after == null) {
      tails[load] = before;
    } else {
      after.shelfPrevious = before;
    }
    if (heads[load] == null) {
      loads.clear(load);
    }
    slot.shelf = null;
    slot.shelfPrevious = null;
    slot.shelfNext = null;
  }
}
