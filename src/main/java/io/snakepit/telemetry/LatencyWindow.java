package io.snakepit.telemetry;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * A window of the last minute's durations and their percentiles: six histograms of ten seconds
 * each, the oldest emptied as time moves on. Times are in nanoseconds of one monotonic clock; one
 * that stands before the latest seen counts as that. Not thread-safe.
 */
public final class LatencyWindow {
  /** Time that the percentiles speak of. */
  public static final Duration SPAN = Duration.ofSeconds(60);

  private static final int SLICES = 6;
  private static final long SLICE_NANOS = SPAN.toNanos() / SLICES;
  private static final long HIGHEST_MICROS = Duration.ofHours(24).toNanos() / 1000;

  private final Histogram[] slices = new Histogram[SLICES];
  private final long origin;
  private long slice;

  /** Makes an empty window that starts at a time. */
  public LatencyWindow(long now) {
    for (int i = 0; i < SLICES; i++) {
      slices[i] = new Histogram(HIGHEST_MICROS, 2);
    }
    origin = now;
  }

  /** Adds a duration; negative ones count as 0, those above a day as a day. */
  public void record(long durationNanos, long now) {
    advance(now);
    long micros = Math.min(Math.max(durationNanos, 0) / 1000, HIGHEST_MICROS);
    current().recordValue(micros);
  }

  /**
   * Returns a percentile (0 to 100) in milliseconds, at most 1 % above the truth; 0 without values.
   */
  public double percentileMs(double percentile, long now) {
    advance(now);
    Histogram sum = new Histogram(HIGHEST_MICROS, 2);
    for (Histogram each : slices) {
      sum.add(each);
    }
    return sum.getTotalCount() == 0 ? 0 : sum.getValueAtPercentile(percentile) / 1000.0;
  }

  private void advance(long now) {
    // As a difference, since the clock may start anywhere, also just before it overflows.
    long target = Math.floorDiv(now - origin, SLICE_NANOS);
    if (target - slice > SLICES) {
      slice = target - SLICES;
    }
    while (slice < target) {
      slice++;
      current().reset();
    }
  }

  private Histogram current() {
    return slices[(int) Math.floorMod(slice, (long) SLICES)];
  }
}
