package io.snakepit.pool;

import io.snakepit.config.PoolOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The numbers a pool lives by. Times are in nanoseconds.
 *
 * @param size workers to have
 * @param startBatch workers that may be starting at once, before the pool is first ready
 * @param startDelayNanos pause before each start beyond the first batch
 * @param maxQueue calls that may wait; 0 means that none may
 * @param queueTimeoutNanos the longest wait
 * @param executeTimeoutNanos deadline of a call that names none; 0 means none
 * @param cancelGraceNanos from a call's timeout until its worker, still not back, is killed
 * @param backoffNanos pause before a worker's first, second, … replacement within the window
 * @param backoffWindowNanos how long a replacement, or a crash, counts
 * @param maxCrashes within that window open the circuit; 0: never
 */
record PoolLimits(
    String pool,
    int size,
    int startBatch,
    long startDelayNanos,
    int maxQueue,
    long queueTimeoutNanos,
    long executeTimeoutNanos,
    long cancelGraceNanos,
    List<Long> backoffNanos,
    long backoffWindowNanos,
    int maxCrashes) {

  /** A worker must stay up that long at least before an open circuit trusts it. */
  private static final long SHORTEST_PROBATION_NANOS = TimeUnit.SECONDS.toNanos(1);

  static PoolLimits of(String pool, PoolOptions options) {
    return new PoolLimits(
        pool,
        options.size().min(),
        options.startup().batch(),
        nanos(options.startup().batchDelayMs()),
        options.maxQueue(),
        nanos(options.queueTimeoutMs()),
        nanos(options.executeTimeoutMs()),
        nanos(options.cancelGraceMs()),
        options.restart().backoffMs().stream().map(PoolLimits::nanos).toList(),
        nanos(options.restart().windowMs()),
        options.restart().maxCrashes());
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
