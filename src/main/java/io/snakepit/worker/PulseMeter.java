package io.snakepit.worker;

import io.snakepit.bus.Pulse;

/** A count of one worker's heartbeats. On the pool's event loop. */
final class PulseMeter {
  private long sent;
  private long answered;
  private long answeredAt;

  /** Counts beats from now on. */
  void begin(long now) {
    answeredAt = now;
  }

  /** Counts a ping that goes out, and returns its sequence. */
  long next() {
    return ++sent;
  }

  /**
   * Counts an answer that has come.
   *
   * @return whether it makes sense: one that answers nothing is no sign of health
   */
  boolean answered(long sequence, long now) {
    if (sequence <= answered || sequence > sent) {
      return false;
    }
    answered = sequence;
    answeredAt = now;
    return true;
  }

  /** Returns the pulse of the worker whose beats these are, as of one that has no call. */
  Pulse of(String worker, long pid) {
    return new Pulse(worker, sent, answered, answeredAt, pid, false);
  }
}
