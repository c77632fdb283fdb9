package io.snakepit.pool;

/** The earliest of several times, if there is any. Nanoseconds of a clock that may wrap. */
final class Earliest {
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

  boolean exists() {
    return any;
  }

  /** That time; only if it {@link #exists}. */
  long at() {
    return at;
  }
}
