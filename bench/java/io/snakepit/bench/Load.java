package io.snakepit.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop of callers on one event loop: each sends its next call when the one before is
 * answered. Latencies are measured from send to answer.
 */
final class Load {
  private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();

  private final Supplier<Future<?>> call;
  private final long end;
  private final Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
  private final Promise<Figures> done = Promise.promise();
  private final long start = System.nanoTime();
  private int running;

  /**
   * What came out.
   *
   * @param perSecond calls answered
   * @param p50Micros median latency
   * @param p99Micros 99th percentile
   */
  record Figures(double perSecond, double p50Micros, double p99Micros, long calls) {
    static Figures of(Histogram latencies, long nanos) {
      return new Figures(
          latencies.getTotalCount() * 1e9 / nanos,
          latencies.getValueAtPercentile(50) / 1e3,
          latencies.getValueAtPercentile(99) / 1e3,
          latencies.getTotalCount());
    }
  }

  private Load(Supplier<Future<?>> call, int inFlight, Duration time) {
    this.call = call;
    this.end = start + time.toNanos();
    this.running = inFlight;
    for (int i = 0; i < inFlight; i++) {
      next();
    }
  }

  /**
   * Runs for a while on that context.
   *
   * @return fails when a call fails
   */
  static Future<Figures> run(
      Context context, Supplier<Future<?>> call, int inFlight, Duration time) {
    Promise<Figures> figures = Promise.promise();
    context.runOnContext(go -> new Load(call, inFlight, time).done.future().onComplete(figures));
    return figures.future();
  }

  private void next() {
    long sent = System.nanoTime();
    call.get().onComplete((answer, failure) -> answered(sent, failure));
  }

  private void answered(long sent, @Nullable Throwable failure) {
    long now = System.nanoTime();
    if (failure != null) {
      done.tryFail(failure);
      return;
    }
    latencies.recordValue(Math.min(now - sent, HIGHEST_NANOS));
    if (now - end < 0) {
      next();
    } else if (--running == 0) {
      done.tryComplete(Figures.of(latencies, now - start));
    }
  }
}
