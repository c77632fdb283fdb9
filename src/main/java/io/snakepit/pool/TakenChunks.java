package io.snakepit.pool;

/**
 * A count of chunks that a consumer has taken and that its source does not know of yet. It is told
 * in steps, and at once from when the source has asked for that. For one thread at a time.
 */
final class TakenChunks {
  private final int stepChunks;
  private final long stepBytes;
  private boolean urgent;
  private int chunks;
  private long bytes;

  /** Chunks and bytes that are told at a time. */
  record Step(int chunks, long bytes) {}

  /**
   * @param stepChunks how many may be taken before that is told; 1: each is told
   * @param stepBytes the same for their bytes
   */
  TakenChunks(int stepChunks, long stepBytes) {
    this.stepChunks = stepChunks;
    this.stepBytes = stepBytes;
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
    return urgent || chunks >= stepChunks || bytes >= stepBytes;
  }

  /** Returns whether something is to be told though no step is complete. */
  boolean isOverdue() {
    return urgent && chunks > 0;
  }

  /** Returns what is to be told, and begins anew. */
  Step next() {
    Step step = new Step(chunks, bytes);
    chunks = 0;
    bytes = 0;
    return step;
  }
}
