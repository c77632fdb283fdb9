package io.snakepit.telemetry;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A count of refusals that decides which of them are logged: a client that is refused all the time
 * must not fill the log. Pure: time comes in.
 */
public final class RefusalLog {
  /** Nanoseconds that pass at least between two lines. */
  public static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private long count;
  private long untold;
  private long toldAt;
  private boolean told;

  /** Returns how many were refused so far. */
  public long count() {
    return count;
  }

  /**
   * Counts a refusal.
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
