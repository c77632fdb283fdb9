package io.snakepit.pool.machine;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stops a pool whose workers do nothing but crash from taking calls: {@code maxCrashes} within the
 * window open the circuit; it closes once a worker that was started since has stayed up for a
 * while. The crashes stay counted, so that one that closed too early opens again at once. The
 * pattern is Nygard's circuit breaker (<cite>Release It!</cite>).
 *
 * <p>Pure; times are nanoseconds of one monotonic clock.
 */
final class CircuitBreaker {
  private final int maxCrashes;
  private final long windowNanos;
  private final long probationNanos;
  private final ArrayDeque<Long> crashes = new ArrayDeque<>();

  /** Workers that have become ready since it opened, and when; the first is up longest. */
  private final Map<String, Long> onProbation = new LinkedHashMap<>();

  private boolean open;

  /**
   * @param maxCrashes 0: never opens
   * @param probationNanos how long a worker must have stayed up for it to close
   */
  CircuitBreaker(int maxCrashes, long windowNanos, long probationNanos) {
    this.maxCrashes = maxCrashes;
    this.windowNanos = windowNanos;
    this.probationNanos = probationNanos;
  }

  static CircuitBreaker of(PoolLimits.Restart limits) {
    return new CircuitBreaker(limits.maxCrashes(), limits.windowNanos(), limits.probationNanos());
  }

  boolean isOpen() {
    return open;
  }

  /** A worker has crashed. Answers whether that has opened the circuit. */
  boolean crashed(String worker, long now) {
    onProbation.remove(worker);
    if (maxCrashes == 0) {
      return false;
    }
    crashes.addLast(now);
    while (now - crashes.getFirst() >= windowNanos || crashes.size() > maxCrashes) {
      crashes.removeFirst();
    }
    if (open || crashes.size() < maxCrashes) {
      return false;
    }
    open = true;
    onProbation.clear();
    return true;
  }

  /** A worker has ended without a crash. */
  void left(String worker) {
    onProbation.remove(worker);
  }

  /** A worker can take calls. */
  void ready(String worker, long now) {
    if (open) {
      onProbation.put(worker, now);
    }
  }

  /**
   * Returns whether the circuit will close at {@link #closesAt}, unless something happens before.
   */
  boolean isClosing() {
    return open && !onProbation.isEmpty();
  }

  /** Returns the time at which the circuit closes; only if {@link #isClosing}. */
  long closesAt() {
    return onProbation.values().iterator().next() + probationNanos;
  }

  /** Returns how long the circuit stays open at least, in nanoseconds; 0 if it is closed. */
  long nanosUntilTrust(long now) {
    if (!open) {
      return 0;
    }
    return isClosing() ? Math.max(1, closesAt() - now) : probationNanos;
  }

  /** Closes it if it is time. Answers whether that has happened. */
  boolean closeIfDue(long now) {
    if (!isClosing() || closesAt() - now > 0) {
      return false;
    }
    open = false;
    onProbation.clear();
    return true;
  }
}
