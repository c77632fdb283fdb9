package io.snakepit.cli;

import io.snakepit.api.SnakepitException;
import io.snakepit.diagnostics.PoolSample;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Watch of a pool: asks a running server again and again how it is. */
final class PoolWatch {
  /**
   * Nanoseconds between two samples: few enough to see calls of some ten ms, enough to be no load.
   */
  static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int OK = 200;

  private final RemoteServer server;
  private final String pool;
  private final Ticker ticker;

  PoolWatch(RemoteServer server, String pool, Ticker ticker) {
    this.server = server;
    this.pool = pool;
    this.ticker = ticker;
  }

  /**
   * Takes samples for some seconds, with one at each end. One before does not count: the first
   * answers take this process so long to read that what they tell would be of another time.
   *
   * @param progress is told every 2 s how many have gone by
   */
  List<PoolSample> watch(int seconds, LongConsumer progress) {
    sample();
    List<PoolSample> samples = new ArrayList<>(List.of(sample()));
    long begun = samples.get(0).atNanos();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    long tell = begun + TELL_NANOS;
    while (samples.get(samples.size() - 1).atNanos() < end) {
      pause(Math.min(INTERVAL_NANOS, end - ticker.nanoTime()));
      samples.add(sample());
      if (samples.get(samples.size() - 1).atNanos() >= tell && tell < end) {
        progress.accept(TimeUnit.NANOSECONDS.toSeconds(tell - begun));
        tell += TELL_NANOS;
      }
    }
    return samples;
  }

  private void pause(long nanos) {
    try {
      ticker.pause(nanos);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted while watching pool " + pool);
    }
  }

  private PoolSample sample() {
    try {
      Buffer about = answer("/v1/pools/" + pool);
      long at = ticker.nanoTime();
      JsonArray workers = new JsonArray(answer("/v1/workers"));
      return PoolSample.of(at, new JsonObject(about), workers);
    } catch (DecodeException | ClassCastException foreign) {
      throw CommandFailure.failed(
          "%s does not answer as a Snakepit server does".formatted(server.address()));
    }
  }

  private Buffer answer(String path) {
    HttpResponse<byte[]> answer = server.get(path);
    if (answer.statusCode() != OK) {
      SnakepitException refusal = Problem.of(answer);
      throw CommandFailure.failed(refusal.code() + ": " + refusal.detail());
    }
    return Buffer.buffer(answer.body());
  }
}
