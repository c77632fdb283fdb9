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
 * answered. Every figure of this JVM, the floor's too, comes from here.
 */
final class Load {
  private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int DIGITS = 3;

  private final Supplier<Future<?>> call;
  private final Histogram latencies = new Histogram(HIGHEST_NANOS, DIGITS);
  private final Promise<Sample> done = Promise.promise();
  private final long start = System.nanoTime();
  private final long end;
  private int running;

  private Load(Supplier<Future<?>> call, int inFlight, Duration time) {
    this.call = call;
    this.end = start + time.toNanos();
    this.running = inFlight;
  }

  /** Makes load on that context. {@code call} is called there alone. */
  static LoadSource on(Context context, Supplier<Future<?>> call) {
    return (inFlight, time) -> {
      Promise<Sample> sample = Promise.promise();
      context.runOnContext(go -> new Load(call, inFlight, time).start().onComplete(sample));
      return Await.on(sample.future());
    };
  }

  private Future<Sample> start() {
    for (int left = running; left > 0; left--) {
      next();
    }
    return done.future();
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
      done.tryComplete(Sample.of(latencies, now - start));
    }
  }
}
