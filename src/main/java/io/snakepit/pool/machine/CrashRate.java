package io.snakepit.pool.machine;

/**
 * The share of the calls of the last minute that was lost with its worker. Sixty buckets of a
 * second each, so that counting costs a call next to nothing. Pure; times are nanoseconds.
 */
final class CrashRate {
  private static final int SECONDS = 60;
  private static final long NANOS = 1_000_000_000L;

  private final int[] calls = new int[SECONDS];
  private final int[] lost = new int[SECONDS];
  private final long[] seconds = new long[SECONDS];

  CrashRate() {
    java.util.Arrays.fill(seconds, Long.MIN_VALUE);
  }

  /** A worker has answered a call. */
  void answered(long now) {
    calls[bucket(now)]++;
  }

  /** A worker has ended with a call. */
  void lost(long now) {
    int bucket = bucket(now);
    calls[bucket]++;
    lost[bucket]++;
  }

  private int bucket(long now) {
    long second = Math.floorDiv(now, NANOS);
    int bucket = (int) Math.floorMod(second, (long) SECONDS);
    if (seconds[bucket] != second) {
      seconds[bucket] = second;
      calls[bucket] = 0;
      lost[bucket] = 0;
    }
    return bucket;
  }

  /** The share, 0 to 1; 0 without calls. */
  double at(long now) {
    long oldest = Math.floorDiv(now, NANOS) - SECONDS + 1;
    long all = 0;
    long crashed = 0;
    for (int i = 0; i < SECONDS; i++) {
      if (seconds[i] >= oldest) {
        all += calls[i];
        crashed += lost[i];
      }
    }
    return all == 0 ? 0 : (double) crashed / all;
  }
}
