package io.snakepit.pool.machine;

/** The earliest of several times, if there is any. Nanoseconds of a clock that may wrap. */
public final class NextDue {
  private boolean any;
  private long at;

  void clear() {
    any = false;
  }

  void add(long time) {
    if (!any || time - at < 0) {
      at = time;
      any = true;
    }
  }

  public boolean exists() {
    return any;
  }

  /** Returns the time; only if it {@link #exists}. */
  public long at() {
    return at;
  }
}
