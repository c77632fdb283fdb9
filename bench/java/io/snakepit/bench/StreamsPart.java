package io.snakepit.bench;

import io.snakepit.api.Call;
import io.snakepit.api.ChunkStream;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Measures how fast small chunks pass, what a slow consumer costs, and how soon a cancel is over.
 */
final class StreamsPart implements Part.Measurement {
  static final String POOL_LOOP = "chunks of a stream, Java API on the pool's loop, 1 worker";
  static final String OTHER_LOOP = "chunks of a stream, Java API on another loop, 1 worker";
  static final String NDJSON = "chunks of a stream, HTTP NDJSON, 1 worker";
  static final String HEAP = "growth of the host's heap, flooding generator, slow consumer";
  static final String RSS = "growth of the worker's memory, flooding generator, slow consumer";
  static final String CANCEL = "from a stream's cancel until the worker is free, p50";
  static final String DISCONNECT =
      "from a stream's HTTP client's end until the worker is free, p50";
  static final String UPLOAD = "upload through HTTP to a tool that reads it piece by piece";

  private static final double MIB = 1024.0 * 1024;
  private static final int SLOW_CHUNK = 65_536;
  private static final long SLOW_MS = 100;

  @Override
  public void run(Bed bed, Results results) {
    Plan plan = bed.plan();
    try (BenchHost host = BenchHost.start(endless(bed))) {
      bed.say("streams: %,d small chunks by each way out".formatted(plan.streams().chunks()));
      results.add(
          POOL_LOOP,
          "/s",
          median(plan, () -> pass(host, host.poolLoop(), plan.streams().chunks())));
      results.add(
          OTHER_LOOP,
          "/s",
          median(plan, () -> pass(host, host.otherLoop(), plan.streams().chunks())));
      results.add(
          NDJSON,
          "/s",
          median(plan, () -> bed.http().stream(host.httpPort(), plan.streams().chunks())));
      results.add(CANCEL, "ms", cancel(host, plan.kills().workers()));
      results.add(DISCONNECT, "ms", disconnect(host, plan.kills().workers()));
      bed.say("streams: an upload of %,d MB".formatted(plan.streams().uploadBytes() / 1_000_000));
      results.add(UPLOAD, "MB/s", upload(host, plan.streams().uploadBytes()));
      bed.say("streams: a slow consumer for %d s".formatted(plan.streams().slow().toSeconds()));
      slow(host, plan.streams().slow(), results);
    }
  }

  /** Returns the configuration of a pool without deadlines, in which a stream may take any time. */
  private static JsonObject endless(Bed bed) {
    JsonObject configuration = BenchHost.configuration(bed, 1, StartMethods.FORKSERVER);
    configuration.getJsonObject("pools").getJsonObject("default").put("executeTimeoutMs", 0);
    return configuration;
  }

  /** Returns the median of some rounds, the first of which warms up and does not count. */
  private static double median(Plan plan, Supplier<Sample> round) {
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i <= plan.rounds(); i++) {
      rates.add(round.get().perSecond());
    }
    return Median.of(rates.subList(1, rates.size()));
  }

  private static Sample pass(BenchHost host, Context consumer, long chunks) {
    Promise<Sample> done = Promise.promise();
    consumer.runOnContext(
        go -> {
          long begun = System.nanoTime();
          long[] seen = new long[1];
          ChunkStream stream = host.stream(Call.of("count").with("n", chunks));
          stream.handler(chunk -> seen[0]++);
          stream
              .end()
              .map(end -> new Sample(seen[0], System.nanoTime() - begun, 0, 0))
              .onComplete(done);
        });
    Sample sample = Await.on(done.future());
    if (sample.calls() != chunks) {
      throw new IllegalStateException("%d chunks came of %d".formatted(sample.calls(), chunks));
    }
    return sample;
  }

  /** The worker is free when the next call, which has waited for it, has been answered. */
  private static double cancel(BenchHost host, int times) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      ChunkStream stream = host.stream(flood()).pause();
      Pause.millis(5);
      long begun = System.nanoTime();
      stream.cancel();
      host.call();
      millis.add((System.nanoTime() - begun) / 1e6);
    }
    return Median.of(millis);
  }

  /** Measures how soon a worker is free when a client disconnects during a flood. */
  private static double disconnect(BenchHost host, int times) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      try {
        StreamClient client = StreamClient.flooded(host.httpPort(), SLOW_CHUNK);
        Pause.millis(5);
        long begun = System.nanoTime();
        client.leave();
        host.call();
        millis.add((System.nanoTime() - begun) / 1e6);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Median.of(millis);
  }

  private static Call flood() {
    return Call.of("flood").with("chunks", Integer.MAX_VALUE).with("size", SLOW_CHUNK);
  }

  private static double upload(BenchHost host, long bytes) {
    try {
      return UploadClient.megabytesPerSecond(host.httpPort(), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void slow(BenchHost host, Duration time, Results results) {
    long pid = host.pids().get(0);
    ChunkStream stream = host.stream(flood()).pause();
    stream.handler(chunk -> {});
    stream.fetch(1);
    // What the first window takes is no growth.
    Pause.millis(Math.min(2_000, time.toMillis()));
    double heap = heapInUse();
    double rss = ProcFiles.residentBytes(pid);
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      stream.fetch(1);
      Pause.millis(SLOW_MS);
    }
    results.add(HEAP, "MiB", Math.max(0, heapInUse() - heap) / MIB);
    results.add(RSS, "MiB", Math.max(0, ProcFiles.residentBytes(pid) - rss) / MIB);
    stream.cancel();
  }

  private static double heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
