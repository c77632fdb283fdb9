package io.snakepit.pool;

import io.snakepit.config.PoolOptions;
import io.snakepit.config.SessionOptions;
import io.snakepit.pool.machine.PoolLimits;
import java.util.concurrent.TimeUnit;

/** Conversion of a pool's options into the limits that its machine knows. */
public final class ConfiguredLimits {
  private ConfiguredLimits() {}

  /**
   * Returns the limits of a pool.
   *
   * @param sessions bounds the bindings to the pool's workers
   */
  public static PoolLimits of(String pool, PoolOptions options, SessionOptions sessions) {
    return new PoolLimits(
        pool,
        workers(options),
        new PoolLimits.Queueing(options.maxQueue(), nanos(options.queueTimeoutMs())),
        new PoolLimits.Calls(
            nanos(options.executeTimeoutMs()),
            nanos(options.cancelGraceMs()),
            options.retry().maxAttempts(),
            options.afterInterrupt() == PoolOptions.AfterInterrupt.REPLACE,
            options.profile() != PoolOptions.Profile.THREAD,
            options.profile() == PoolOptions.Profile.ASYNC),
        new PoolLimits.Sessions(
            strictness(options.affinity()), sessions.max(), nanos(sessions.ttlMs())),
        recycle(options.recycle()),
        restart(options.restart()),
        stream(options.stream()));
  }

  private static PoolLimits.Workers workers(PoolOptions options) {
    return new PoolLimits.Workers(
        size(options.size()),
        options.concurrency(),
        options.startup().batch(),
        nanos(options.startup().batchDelayMs()),
        options.startMethod() == PoolOptions.StartMethod.AUTO);
  }

  /** Returns the size of a pool as its machine knows it. */
  static PoolLimits.Size size(PoolOptions.PoolSize size) {
    return new PoolLimits.Size(size.min(), size.max(), nanos(size.idleMs()));
  }

  private static PoolLimits.Strictness strictness(PoolOptions.Affinity affinity) {
    return switch (affinity) {
      case HINT -> PoolLimits.Strictness.HINT;
      case STRICT_QUEUE -> PoolLimits.Strictness.STRICT_QUEUE;
      case STRICT_FAIL_FAST -> PoolLimits.Strictness.STRICT_FAIL_FAST;
    };
  }

  private static PoolLimits.Recycle recycle(PoolOptions.Recycle recycle) {
    return new PoolLimits.Recycle(
        recycle.maxRequests(),
        nanos(recycle.maxAgeMs()),
        recycle.maxMemoryBytes(),
        recycle.maxErrorRate(),
        recycle.jitter());
  }

  private static PoolLimits.Restart restart(PoolOptions.Restart restart) {
    return new PoolLimits.Restart(
        restart.backoffMs().stream().map(ConfiguredLimits::nanos).toList(),
        nanos(restart.windowMs()),
        restart.maxCrashes());
  }

  private static PoolLimits.Stream stream(PoolOptions.Stream stream) {
    return new PoolLimits.Stream(
        stream.windowChunks(), stream.windowBytes(), nanos(stream.idleTimeoutMs()));
  }

  private static long nanos(long milliseconds) {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }
}
