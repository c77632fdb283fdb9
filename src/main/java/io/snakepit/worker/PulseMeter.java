package io.snakepit.worker;

import io.snakepit.bus.Pulse;

/** Counts one worker's heartbeats. On the pool's event loop. */
final class PulseMeter {
  private long sent;
  private long answered;
  private long answeredAt;

  /** Beats count from now on. */
  void begin(long now) {
    answeredAt = now;
  }

  /** A ping goes out; answers its sequence. */
  long next() {
    return ++sent;
  }

  /** An answer has come. One that makes no sense is not a sign of health. */
  void answered(long sequence, long now) {
    if (sequence > answered && sequence <= sent) {
      answered = sequence;
      answeredAt = now;
    }
  }

  Pulse of(String worker) {
    return new Pulse(worker, sent, answered, answeredAt);
  }
}
