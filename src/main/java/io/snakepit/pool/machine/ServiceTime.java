package io.snakepit.pool.machine;

/**
 * The speed at which a pool works off its calls: a moving average of how long they run, from which
 * follows how long a queue takes.
 */
final class ServiceTime {
  /** Weight of the newest call. */
  private static final double WEIGHT = 0.05;

  private double meanNanos;

  /** A call has run that long. */
  void ran(long nanos) {
    meanNanos = meanNanos == 0 ? nanos : meanNanos + WEIGHT * (nanos - meanNanos);
  }

  /**
   * Returns how long so many calls take with so many at a time, in nanoseconds; 0 before any has
   * run.
   *
   * @param atATime 0 counts as 1
   */
  long worksOff(int calls, int atATime) {
    return (long) (meanNanos * calls / Math.max(1, atATime));
  }
}
