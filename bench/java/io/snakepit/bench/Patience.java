package io.snakepit.bench;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Measures again what others disturbed, as long as there is time to spare, and keeps the calmest
 * attempt.
 */
final class Patience {
  /** Others may take this share of the CPU: there is always something. */
  private static final double CALM = 0.05;

  private long leftNanos;

  /** A measurement that knows how much of the CPU others took meanwhile. */
  interface Disturbed {
    double othersShare();
  }

  Patience(Duration spare) {
    leftNanos = spare.toNanos();
  }

  <T extends Disturbed> T calmest(Supplier<T> measurement) {
    T best = measurement.get();
    while (best.othersShare() > CALM && leftNanos > 0) {
      long begin = System.nanoTime();
      T next = measurement.get();
      leftNanos -= System.nanoTime() - begin;
      best = next.othersShare() < best.othersShare() ? next : best;
    }
    return best;
  }
}
