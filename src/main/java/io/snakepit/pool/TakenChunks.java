package io.snakepit.pool;

import io.snakepit.config.PoolOptions;

/**
 * A count of chunks that a consumer has taken and that its source does not know of yet. It is told
 * in steps, and at once from when the source has asked for that. For one thread at a time.
 */
final class TakenChunks {
  private final Step step;
  private boolean urgent;
  private int chunks;
  private long bytes;

  /** Chunks and bytes that are told at a time. */
  record Step(int chunks, long bytes) {}

  /**
   * @param step how much may be taken before that is told; 1 chunk: each is told
   */
  TakenChunks(Step step) {
    this.step = step;
  }

  /**
   * Returns how much of a window may be taken before that is told: half of it. But each chunk is
   * told where that costs no change of thread, and where the time runs in which one must be taken.
   *
   * @param near whether the consumer shares the pool's event loop
   */
  static Step step(PoolOptions.Stream window, boolean near) {
    boolean each = near || window.idleTimeoutMs() > 0;
    return new Step(each ? 1 : (window.windowChunks() + 1) / 2, (window.windowBytes() + 1) / 2);
  }

  /** Has whatever is taken told at once from now on. */
  void hurry() {
    urgent = true;
  }

  /**
   * Counts a chunk of that many bytes.
   *
   * @return whether it is time to tell
   */
  boolean add(int length) {
    chunks++;
    bytes += length;
    return urgent || chunks >= step.chunks || bytes >= step.bytes;
  }

  /** Returns whether something is to be told though no step is complete. */
  boolean isOverdue() {
    return urgent && chunks > 0;
  }

  /** Returns what is to be told, and begins anew. */
  Step next() {
    Step taken = new Step(chunks, bytes);
    chunks = 0;
    bytes = 0;
    return taken;
  }
}
