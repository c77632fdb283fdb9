package io.snakepit.pool.machine;

/** Until when a drain may last. Not set until it begins, nor once it is over. */
final class DrainLimit {
  private boolean set;
  private long at;

  void set(long time) {
    set = true;
    at = time;
  }

  void clear() {
    set = false;
  }

  boolean isSet() {
    return set;
  }

  /** Whether the limit has been reached; false without one. */
  boolean isReached(long now) {
    return set && at - now <= 0;
  }

  /** The limit, if that is set and earlier than the given time; else that time. */
  long orEarlier(long time) {
    return set && at - time < 0 ? at : time;
  }

  long at() {
    return at;
  }
}
