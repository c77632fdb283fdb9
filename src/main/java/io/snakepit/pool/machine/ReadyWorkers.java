package io.snakepit.pool.machine;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Workers that have room for another call, by how loaded they are. The least loaded comes first,
 * and among equals the one used last, so that caches are warm and surplus workers stay idle. Those
 * that are to be replaced come behind all others. Linked lists through the slots, one per load:
 * each step is O(1), but for {@link #leastBound}.
 */
final class ReadyWorkers {
  private final int capacity;

  /** A list for each load of workers that stay, then for each of those that are to go. */
  private final @Nullable WorkerSlot[] heads;

  private final @Nullable WorkerSlot[] tails;
  private final BitSet shelves = new BitSet();

  /**
   * @param capacity units that each worker has
   */
  ReadyWorkers(int capacity) {
    this.capacity = capacity;
    this.heads = new WorkerSlot[2 * capacity];
    this.tails = new WorkerSlot[2 * capacity];
  }

  boolean isEmpty() {
    return shelves.isEmpty();
  }

  /** Returns the first of all, or null. */
  @Nullable WorkerSlot first() {
    int shelf = shelves.nextSetBit(0);
    return shelf < 0 ? null : heads[shelf];
  }

  /**
   * Returns, of those that stay, the first with the fewest sessions, or null. Looks at each: a
   * session settles far less often than it calls.
   */
  @Nullable WorkerSlot leastBound() {
    WorkerSlot least = null;
    for (int shelf = 0; shelf < capacity; shelf++) {
      for (WorkerSlot slot = heads[shelf]; slot != null; slot = slot.shelfNext) {
        if (least == null || slot.sessions.size() < least.sessions.size()) {
          least = slot;
        }
      }
    }
    return least;
  }

  /** Returns, of those that stay and have no call, the one that has been so longest, or null. */
  @Nullable WorkerSlot longestIdle() {
    return tails[0];
  }

  /** Adds a slot, which is nowhere yet, as the one used last. */
  void add(WorkerSlot slot) {
    int shelf = slot.load + (slot.due == null ? 0 : capacity);
    slot.shelf = shelf;
    WorkerSlot after = heads[shelf];
    slot.shelfPrevious = null;
    slot.shelfNext = after;
    heads[shelf] = slot;
    if (after == null) {
      tails[shelf] = slot;
      shelves.set(shelf);
    } else {
      after.shelfPrevious = slot;
    }
  }

  /** Takes out a slot that is here. */
  void remove(WorkerSlot slot) {
    int shelf = slot.shelf;
    WorkerSlot before = slot.shelfPrevious;
    WorkerSlot after = slot.shelfNext;
    if (before == null) {
      heads[shelf] = after;
    } else {
      before.shelfNext = after;
    }
    if (after == null) {
      tails[shelf] = before;
    } else {
      after.shelfPrevious = before;
    }
    if (heads[shelf] == null) {
      shelves.clear(shelf);
    }
    slot.shelf = -1;
    slot.shelfPrevious = null;
    slot.shelfNext = null;
  }
}
