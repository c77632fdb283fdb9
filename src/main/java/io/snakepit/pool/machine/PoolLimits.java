package io.snakepit.pool.machine;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Limits and durations of a pool, in nanoseconds.
 *
 * @param pool the pool's name
 * @param workers how many there are, and how they start
 * @param queueing how many calls wait, and how long
 * @param calls how long a call may take, and how often it is tried
 * @param sessions how sessions are bound to workers
 * @param recycle when a worker is replaced
 * @param restart how crashed workers are replaced
 * @param stream how much of a streamed answer may be under way
 */
public record PoolLimits(
    String pool,
    Workers workers,
    Queueing queueing,
    Calls calls,
    Sessions sessions,
    Recycle recycle,
    Restart restart,
    Stream stream) {

  /**
   * Limits of workers.
   *
   * @param size workers to have at first
   * @param concurrency calls that a worker can run at a time
   * @param startBatch workers that may be starting at once
   * @param startDelayNanos pause before each start beyond the first batch
   * @param triesFork whether workers are forked as long as they answer, else fresh interpreters
   */
  public record Workers(
      Size size, int concurrency, int startBatch, long startDelayNanos, boolean triesFork) {}

  /** A number of workers: {@code min}, and up to {@code max} while calls wait. */
  public record Size(int min, int max, long idleNanos) {
    boolean isElastic() {
      return min < max;
    }
  }

  /**
   * Limits of the queue.
   *
   * @param maxCalls calls that may wait; 0 means that none may
   * @param timeoutNanos the longest wait
   */
  public record Queueing(int maxCalls, long timeoutNanos) {}

  /**
   * Limits of a call.
   *
   * @param timeoutNanos deadline of a call that names none; 0 means none
   * @param cancelGraceNanos from a call's timeout or cancel until its worker, still not back, is
   *     killed
   * @param maxAttempts how often an idempotent call may be begun
   * @param replacesInterrupted whether a worker is replaced whose call was interrupted
   * @param hearSignals whether calls hear signals that come from outside their worker
   * @param onEventLoop whether calls of a worker share an event loop, which tells when it comes
   *     round after a cancel
   */
  public record Calls(
      long timeoutNanos,
      long cancelGraceNanos,
      int maxAttempts,
      boolean replacesInterrupted,
      boolean hearSignals,
      boolean onEventLoop) {}

  /** Degrees to which a session's calls stay with one worker. */
  public enum Strictness {
    /** Calls go to another worker if theirs is busy. */
    HINT,
    /** Calls wait for their worker. */
    STRICT_QUEUE,
    /** Calls are refused if their worker is busy. */
    STRICT_FAIL_FAST
  }

  /**
   * Limits of sessions.
   *
   * @param strictness how strictly a session stays with its worker
   * @param max sessions that may be bound to workers at a time
   * @param idleNanos how long a session without a call stays bound
   */
  public record Sessions(Strictness strictness, int max, long idleNanos) {

    /** Returns whether a session's calls may run in its own worker alone. */
    boolean isStrict() {
      return strictness != Strictness.HINT;
    }
  }

  /** Wear at which a worker is replaced; 0 means never. {@code jitter} is a share from 0 to 1. */
  public record Recycle(
      long maxRequests,
      long maxAgeNanos,
      long maxMemoryBytes,
      double maxErrorRate,
      double jitter) {}

  /**
   * Limits of restarts.
   *
   * @param backoffNanos pause before a worker's first, second, … replacement within the window
   * @param windowNanos how long a replacement, or a crash, counts
   * @param maxCrashes within that window open the circuit; 0: never
   */
  public record Restart(List<Long> backoffNanos, long windowNanos, int maxCrashes) {

    /** The shortest time for which a worker must stay up before an open circuit trusts it. */
    private static final long SHORTEST_PROBATION_NANOS = TimeUnit.SECONDS.toNanos(1);

    public Restart {
      backoffNanos = List.copyOf(backoffNanos);
    }

    /** Returns the pause before restarts that come too often. */
    long lastBackoffNanos() {
      return backoffNanos.get(backoffNanos.size() - 1);
    }

    /** Returns how long a worker must stay up before an open circuit closes. */
    long probationNanos() {
      return Math.max(SHORTEST_PROBATION_NANOS, lastBackoffNanos());
    }
  }

  /**
   * Limits of a stream: how much may be under way, and how long it may stand still; 0: for ever.
   */
  public record Stream(int windowChunks, long windowBytes, long idleNanos) {}
}
