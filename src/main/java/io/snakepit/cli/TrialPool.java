package io.snakepit.cli;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.bus.PoolClient;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.diagnostics.Trial;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** A pool of real workers in this JVM, with a Vert.x of its own, and without any door. */
final class TrialPool implements Trial {
  /** Adapter whose tool {@code compute} keeps a processor busy. */
  private static final String SHOWCASE = "snakepit.adapters.showcase";

  /** Argument of some milliseconds of work: long enough for the way there and back not to count. */
  private static final int PRIMES_BELOW = 500_000;

  private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double NANOS_PER_SECOND = 1e9;

  /** Time that stopping may take beyond the configured times before it is given up. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(15);

  private final String pool;
  private final PoolOptions options;
  private final Progress progress;
  private final Vertx vertx;
  private final Snakepit snakepit;
  private Duration startTime = Duration.ZERO;
  private boolean closed;

  TrialPool(SnakepitOptions all, String pool, Progress progress) {
    this.pool = pool;
    this.options = Objects.requireNonNull(all.pools().get(pool));
    this.progress = progress;
    this.vertx = Vertx.builder().with(SnakepitServer.vertxOptions()).build();
    this.snakepit = Snakepit.create(vertx, all);
  }

  /** Starts the pool, and returns once all workers are ready. */
  void start() {
    long begun = System.nanoTime();
    await(snakepit.start(), "starting workers", "the start failed");
    startTime = Duration.ofNanos(System.nanoTime() - begun);
  }

  @Override
  public Duration startTime() {
    return startTime;
  }

  @Override
  public List<Long> workers() {
    PoolClient asked = new PoolClient(vertx.eventBus(), () -> closed);
    JsonArray workers =
        await(asked.workers(pool), "asking for the workers", "the workers can't be told");
    return workers.stream().map(each -> ((JsonObject) each).getLong("pid")).toList();
  }

  @Override
  public double callsPerSecond() {
    if (!options.adapter().equals(SHOWCASE) && !options.adapter().startsWith(SHOWCASE + ":")) {
      return Double.NaN;
    }
    compute(WARM_UP_NANOS);
    long begun = System.nanoTime();
    long calls = compute(MEASURED_NANOS);
    return calls * NANOS_PER_SECOND / (System.nanoTime() - begun);
  }

  /** Keeps every worker busy for some nanoseconds, and returns how many calls that were. */
  private long compute(long nanos) {
    long end = System.nanoTime() + nanos;
    AtomicLong calls = new AtomicLong();
    List<Future<Void>> lanes =
        IntStream.range(0, options.size().max())
            .mapToObj(lane -> computeUntil(end, calls))
            .toList();
    await(Future.all(lanes), "computing", "a call failed");
    return calls.get();
  }

  private Future<Void> computeUntil(long end, AtomicLong calls) {
    Call call = Call.of("compute").pool(pool).with("n", PRIMES_BELOW);
    return snakepit
        .execute(call)
        .compose(
            done -> {
              calls.incrementAndGet();
              return System.nanoTime() < end ? computeUntil(end, calls) : Future.succeededFuture();
            });
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    PoolOptions.Shutdown shutdown = options.shutdown();
    Duration patience = STOP_GRACE.plusMillis(shutdown.drainMs() + shutdown.termGraceMs());
    try {
      await(within(patience, snakepit.stop()), "stopping", "the stop failed");
    } finally {
      // From here, not from a future's handler: that would wait on an event loop that is ending.
      await(within(STOP_GRACE, vertx.close()), "stopping", "the stop failed");
    }
  }

  private static CompletableFuture<Void> within(Duration patience, Future<Void> end) {
    return future(end).orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <T> T await(Future<T> future, String what, String failure) {
    return await(future(future), what, failure);
  }

  private <T> T await(CompletableFuture<T> future, String what, String failure) {
    return progress.await(future, what, failure);
  }

  private static <T> CompletableFuture<T> future(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture();
  }
}
