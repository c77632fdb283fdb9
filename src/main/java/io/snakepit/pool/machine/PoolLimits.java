package io.snakepit.pool.machine;

import io.snakepit.config.PoolOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The numbers a pool lives by. Times are in nanoseconds.
 *
 * @param size workers to have at first
 * @param concurrency calls that a worker can run at a time
 * @param startBatch workers that may be starting at once
 * @param startDelayNanos pause before each start beyond the first batch
 * @param maxQueue calls that may wait; 0 means that none may
 * @param queueTimeoutNanos the longest wait
 * @param executeTimeoutNanos deadline of a call that names none; 0 means none
 * @param cancelGraceNanos from a call's timeout or cancel until its worker, still not back, is
 *     killed
 * @param affinity how strictly a session stays with its worker
 * @param maxSessions that may be bound to workers at a time
 * @param maxAttempts how often an idempotent call may be begun
 * @param recycle when a worker is replaced
 * @param backoffNanos pause before a worker's first, second, … replacement within the window
 * @param backoffWindowNanos how long a replacement, or a crash, counts
 * @param maxCrashes within that window open the circuit; 0: never
 * @param stream how much of a streamed answer may be under way
 */
public record PoolLimits(
    String pool,
    Size size,
    int concurrency,
    int startBatch,
    long startDelayNanos,
    int maxQueue,
    long queueTimeoutNanos,
    long executeTimeoutNanos,
    long cancelGraceNanos,
    PoolOptions.Affinity affinity,
    int maxSessions,
    int maxAttempts,
    Recycle recycle,
    List<Long> backoffNanos,
    long backoffWindowNanos,
    int maxCrashes,
    Stream stream) {

  /** A worker must stay up that long at least before an open circuit trusts it. */
  private static final long SHORTEST_PROBATION_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How many workers there are: {@code min}, and up to {@code max} while calls wait. */
  public record Size(int min, int max, long idleNanos) {
    public static Size of(PoolOptions.PoolSize size) {
      return new Size(size.min(), size.max(), nanos(size.idleMs()));
    }

    boolean isElastic() {
      return min < max;
    }
  }

  /** When a worker is replaced; 0 means never. {@code jitter} is a share from 0 to 1. */
  record Recycle(
      long maxRequests, long maxAgeNanos, long maxMemoryBytes, double maxErrorRate, double jitter) {
    public static Recycle of(PoolOptions.Recycle recycle) {
      return new Recycle(
          recycle.maxRequests(),
          nanos(recycle.maxAgeMs()),
          recycle.maxMemoryBytes(),
          recycle.maxErrorRate(),
          recycle.jitter());
    }
  }

  /** How much of a stream may be under way, and how long it may stand still; 0: for ever. */
  record Stream(int windowChunks, long windowBytes, long idleNanos) {
    public static Stream of(PoolOptions.Stream stream) {
      return new Stream(stream.windowChunks(), stream.windowBytes(), nanos(stream.idleTimeoutMs()));
    }
  }

  public static PoolLimits of(String pool, PoolOptions options, int maxSessions) {
    return new PoolLimits(
        pool,
        Size.of(options.size()),
        options.concurrency(),
        options.startup().batch(),
        nanos(options.startup().batchDelayMs()),
        options.maxQueue(),
        nanos(options.queueTimeoutMs()),
        nanos(options.executeTimeoutMs()),
        nanos(options.cancelGraceMs()),
        options.affinity(),
        maxSessions,
        options.retry().maxAttempts(),
        Recycle.of(options.recycle()),
        options.restart().backoffMs().stream().map(PoolLimits::nanos).toList(),
        nanos(options.restart().windowMs()),
        options.restart().maxCrashes(),
        Stream.of(options.stream()));
  }

  /** Whether a session's calls may run in its own worker alone. */
  boolean isStrict() {
    return affinity != PoolOptions.Affinity.HINT;
  }

  /** The pause before restarts that come too often. */
  long lastBackoffNanos() {
    return backoffNanos.get(backoffNanos.size() - 1);
  }

  /** How long a worker must stay up before an open circuit closes. */
  long probationNanos() {
    return Math.max(SHORTEST_PROBATION_NANOS, lastBackoffNanos());
  }

  private static long nanos(long milliseconds) {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }
}
