package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The wear of a worker: its calls, age, memory and errors, against limits of its own. Those are the
 * pool's, less a share that chance decides, so that workers that started together don't go
 * together. Pure; times are nanoseconds.
 */
final class Wear {
  /** Errors are judged by the last so many calls. */
  static final int ERROR_WINDOW = 64;

  /** Fewer calls than these say nothing of a rate. */
  static final int ERROR_MINIMUM = 16;

  /** Answers that say something against the worker rather than its caller. */
  private static final Set<ErrorCode> FAULTS =
      EnumSet.of(ErrorCode.PYTHON_EXCEPTION, ErrorCode.SERIALIZATION_ERROR, ErrorCode.INTERNAL);

  private long maxCalls;
  private long maxMemory;
  private double maxErrorRate;
  private long expiresAt;
  private boolean expires;
  private long calls;
  private long memory;
  private long outcomes;

  /**
   * Sets the limits of a worker that is ready.
   *
   * @param chance from 0 to 1
   */
  void begin(PoolLimits.Recycle limits, double chance, long now) {
    double share = 1 - limits.jitter() * chance;
    maxCalls = shortened(limits.maxRequests(), share);
    maxMemory = shortened(limits.maxMemoryBytes(), share);
    maxErrorRate = limits.maxErrorRate() * share;
    expires = limits.maxAgeNanos() > 0;
    expiresAt = now + shortened(limits.maxAgeNanos(), share);
  }

  private static long shortened(long limit, double share) {
    return limit == 0 ? 0 : Math.max(1, Math.round(limit * share));
  }

  /**
   * Notes that the worker has answered a call, or failed to.
   *
   * @param residentBytes what it holds afterwards; 0: not told
   */
  void called(boolean failed, long residentBytes) {
    calls++;
    outcomes = outcomes << 1 | (failed ? 1 : 0);
    memory = residentBytes;
  }

  /** Returns whether an answer counts as failed; null is a result. */
  static boolean isFault(@Nullable ErrorCode failure) {
    return failure != null && FAULTS.contains(failure);
  }

  /** Told between calls. */
  void holds(long residentBytes) {
    memory = residentBytes;
  }

  /** Returns the limit that calls, memory or errors have reached; null for none. */
  @Nullable String reached() {
    if (maxCalls > 0 && calls >= maxCalls) {
      return "has answered %d calls (recycle.maxRequests)".formatted(calls);
    }
    if (maxMemory > 0 && memory >= maxMemory) {
      return "holds %d bytes (recycle.maxMemoryBytes)".formatted(memory);
    }
    long seen = Math.min(calls, ERROR_WINDOW);
    int failed = Long.bitCount(outcomes);
    if (maxErrorRate > 0 && seen >= ERROR_MINIMUM && failed >= maxErrorRate * seen) {
      return "failed %d of its last %d calls (recycle.maxErrorRate)".formatted(failed, seen);
    }
    return null;
  }

  /** Returns whether the worker has an age to retire at. */
  boolean expires() {
    return expires;
  }

  /** Returns the time at which the worker is too old; only if {@link #expires}. */
  long expiresAt() {
    return expiresAt;
  }
}
