package io.snakepit.telemetry;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts refusals, and says which of them are worth a line: whoever knocks all the time must not
 * fill the log. Pure: time comes in.
 */
public final class RefusalLog {
  /** At most one line in so many nanoseconds. */
  public static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private long count;
  private long untold;
  private long toldAt;
  private boolean told;

  /** How many were refused so far. */
  public long count() {
    return count;
  }

  /**
   * Somebody was refused.
   *
   * @return what to log, or null if there was a line just now
   */
  public @Nullable String refused(String why, long now) {
    count++;
    if (told && now - toldAt < PAUSE_NANOS) {
      untold++;
      return null;
    }
    String line =
        untold == 0 ? why : "%s (and %d others since the last line)".formatted(why, untold);
    told = true;
    toldAt = now;
    untold = 0;
    return line;
  }
}
