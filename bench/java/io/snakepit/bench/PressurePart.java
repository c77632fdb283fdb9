package io.snakepit.bench;

import io.snakepit.api.Call;
import io.snakepit.pool.QueueCosts;
import io.snakepit.process.Signals;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Measures the pool under pressure: long queues, many calls at once, cancels, batches, a crash
 * storm.
 */
final class PressurePart implements Part.Measurement {
  static final String ASYNC = "500 calls of 100 ms at once, async, 1 worker";
  static final String CANCEL = "from a cancel until the worker is free, p50";
  static final String BATCHES = "batching over one by one, 64 callers, 1 worker";
  static final String STORM = "calls that succeed while workers are killed, 8 workers";
  static final String WHOLE = "workers ready after the storm";
  static final String QUEUE = "steps with the longest queue over those with the shortest";

  private static final int CALLERS = 16;
  private static final double SHORT_CALL = 0.005;

  @Override
  public void run(Bed bed, Results results) {
    Plan plan = bed.plan();
    bed.say("pressure: long queues");
    plan.queues()
        .forEach(length -> results.queues.add(QueueCosts.measure(length, plan.rounds() + 2)));
    bed.say("pressure: many calls at once, cancels, batches");
    results.add(ASYNC, "ms", manyAtOnce(bed));
    results.add(CANCEL, "ms", cancel(bed, plan.kills().workers()));
    results.add(BATCHES, "times", batches(bed));
    bed.say("pressure: a storm of %d kills".formatted(plan.kills().storm()));
    storm(bed, results, plan.kills().storm());
  }

  private static BenchHost host(Bed bed, int workers, JsonObject more) {
    JsonObject configuration = BenchHost.configuration(bed, workers, StartMethods.FORKSERVER);
    Path adapters = bed.project().resolve("bench/python");
    configuration
        .getJsonObject("pools")
        .getJsonObject("default")
        .put("adapter", "pressure")
        .put("pythonPath", new JsonArray().add(adapters.toString()))
        .mergeIn(more);
    return BenchHost.start(configuration);
  }

  private static double manyAtOnce(Bed bed) {
    JsonObject async = new JsonObject().put("profile", "async").put("concurrency", 500);
    try (BenchHost host = host(bed, 1, async)) {
      List<Double> millis = new ArrayList<>();
      for (int round = 0; round < bed.plan().rounds() + 2; round++) {
        long begun = System.nanoTime();
        Await.on(
            Future.all(
                IntStream.range(0, 500)
                    .mapToObj(i -> host.execute(Call.of("nap").with("seconds", 0.1)))
                    .toList()));
        millis.add((System.nanoTime() - begun) / 1e6);
      }
      return Median.of(millis);
    }
  }

  /** The worker is free when the next call, which has waited for it, has been answered. */
  private static double cancel(Bed bed, int times) {
    try (BenchHost host = host(bed, 1, new JsonObject())) {
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        String id = "cancel-" + i;
        host.begin(Call.of("sleep").with("seconds", 60).id(id));
        Pause.millis(5);
        Future<?> next = host.execute(Call.of("ping"));
        long begun = System.nanoTime();
        host.cancel(id);
        Await.on(next);
        millis.add((System.nanoTime() - begun) / 1e6);
      }
      return Median.of(millis);
    }
  }

  private static double batches(Bed bed) {
    try (BenchHost host = host(bed, 1, new JsonObject())) {
      Duration time = bed.plan().large();
      double single = host.calling(Call.of("single").with("n", 1)).run(64, time).perSecond();
      double together = host.calling(Call.of("together").with("n", 1)).run(64, time).perSecond();
      return together / single;
    }
  }

  private static void storm(Bed bed, Results results, int kills) {
    try (BenchHost host = host(bed, 8, new JsonObject())) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger succeeded = new AtomicInteger();
      AtomicInteger failed = new AtomicInteger();
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(callOn(host, over, succeeded, failed));
      }
      Random random = new Random(4);
      for (int kill = 0; kill < kills; kill++) {
        Pause.millis(100);
        List<Long> pids = host.pids().stream().filter(pid -> pid > 0).toList();
        Signals.send(pids.get(random.nextInt(pids.size())), Signals.KILL);
      }
      Pause.millis(500);
      over.set(true);
      Await.on(Future.all(callers));
      results.add(STORM, "%", 100.0 * succeeded.get() / (succeeded.get() + failed.get()));
      results.add(WHOLE, "", host.ready());
    }
  }

  private static Future<?> callOn(
      BenchHost host, AtomicBoolean over, AtomicInteger succeeded, AtomicInteger failed) {
    if (over.get()) {
      return Future.succeededFuture();
    }
    return host.execute(Call.of("sleep").with("seconds", SHORT_CALL))
        .transform(
            answer -> {
              (answer.succeeded() ? succeeded : failed).incrementAndGet();
              return callOn(host, over, succeeded, failed).mapEmpty();
            });
  }
}
