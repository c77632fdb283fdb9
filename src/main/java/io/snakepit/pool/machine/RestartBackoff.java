package io.snakepit.pool.machine;

import java.util.ArrayDeque;
import java.util.List;

/**
 * The pause before a worker's place is filled again. The first replacement within the window is
 * immediate at the defaults; each further one waits longer. One object follows a place through all
 * its workers.
 */
final class RestartBackoff {
  private final List<Long> delaysNanos;
  private final long windowNanos;
  private final ArrayDeque<Long> replacements = new ArrayDeque<>();

  RestartBackoff(List<Long> delaysNanos, long windowNanos) {
    this.delaysNanos = delaysNanos;
    this.windowNanos = windowNanos;
  }

  /** Counts a replacement and answers the pause before it, in nanoseconds. */
  long next(long now) {
    while (!replacements.isEmpty() && now - replacements.peekFirst() >= windowNanos) {
      replacements.removeFirst();
    }
    int step = Math.min(replacements.size(), delaysNanos.size() - 1);
    if (replacements.size() == delaysNanos.size()) {
      replacements.removeFirst();
    }
    replacements.addLast(now);
    return delaysNanos.get(step);
  }
}
