package io.snakepit.diagnostics;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A pool as a server would describe it 51 times in 5 s; a test sets what is steady in it. */
final class PoolWatched {
  private static final int SAMPLES = 51;
  private static final double SECONDS = 5;

  private final JsonObject pool = new JsonObject().put("pool", "default").put("state", "ready");
  private final JsonObject perSecond = new JsonObject();
  private int size = 2;
  private int concurrency = 1;
  private double cpuPerSecond = Double.NaN;

  PoolWatched() {
    pool.put("latencyMs", new JsonObject().put("p50", 30.0).put("p99", 60.0));
  }

  PoolWatched size(int workers, int callsEach) {
    size = workers;
    concurrency = callsEach;
    return this;
  }

  PoolWatched busy(int busy, int running, int queued) {
    pool.put("busy", busy).put("running", running).put("queued", queued);
    return this;
  }

  /** Sets how often each second a call ends in this way. */
  PoolWatched outcome(String counter, double rate) {
    perSecond.put(counter, rate);
    return this;
  }

  PoolWatched profile(String profile) {
    pool.put("profile", profile);
    return this;
  }

  PoolWatched state(String state, String lastError) {
    pool.put("state", state).put("lastError", lastError);
    return this;
  }

  PoolWatched runMs(double p50) {
    pool.put("runMs", new JsonObject().put("p50", p50).put("p99", p50));
    return this;
  }

  /** Sets the processor time in ms that all workers together use each second. */
  PoolWatched cpuMsPerSecond(double ms) {
    cpuPerSecond = ms;
    return this;
  }

  PoolUse use() {
    List<PoolSample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      samples.add(sample(i * SECONDS / (SAMPLES - 1)));
    }
    return new PoolUse(samples);
  }

  private PoolSample sample(double at) {
    JsonObject counters = new JsonObject().put("OK", 7).put("restarts", 3);
    perSecond.forEach(
        each -> counters.put(each.getKey(), 7 + Math.round((double) each.getValue() * at)));
    JsonObject now =
        pool.copy()
            .put("size", size)
            .put("ready", size)
            .put("capacity", size * concurrency)
            .put("counters", counters);
    return PoolSample.of((long) (at * TimeUnit.SECONDS.toNanos(1)), now, workers(at));
  }

  private JsonArray workers(double at) {
    JsonArray workers = new JsonArray().add(new JsonObject().put("worker", "o-1").put("pool", "o"));
    for (int i = 1; i <= size; i++) {
      JsonObject worker = new JsonObject().put("worker", "default-" + i).put("pool", "default");
      workers.add(
          Double.isNaN(cpuPerSecond) ? worker : worker.put("cpuMs", 50 + cpuPerSecond / size * at));
    }
    return workers;
  }
}
