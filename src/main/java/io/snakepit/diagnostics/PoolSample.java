package io.snakepit.diagnostics;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool at one moment, as its server tells.
 *
 * @param atNanos of a clock that only goes forward
 * @param lastError why it failed, or its last worker crashed; null if neither
 */
public record PoolSample(
    long atNanos,
    String pool,
    String state,
    Workers workers,
    Calls calls,
    Durations durations,
    @Nullable String lastError) {

  /**
   * The workers of a pool.
   *
   * @param profile empty if the server does not tell
   * @param concurrency calls that a worker can run at a time
   * @param size workers that the pool should have
   * @param busy workers with a call
   * @param byId each of them
   */
  public record Workers(
      String profile, int concurrency, int size, int busy, Map<String, Worker> byId) {
    public Workers {
      byId = Map.copyOf(byId);
    }
  }

  /**
   * A worker of a pool.
   *
   * @param cpuMs processor time since its start; NaN if the server does not tell
   */
  public record Worker(long calls, double cpuMs) {}

  /**
   * The calls of a pool.
   *
   * @param running in workers
   * @param capacity calls that all ready workers can run at once
   * @param queued calls that wait
   * @param counters by outcome
   */
  public record Calls(int running, int capacity, int queued, Map<String, Long> counters) {
    public Calls {
      counters = Map.copyOf(counters);
    }
  }

  /** Durations of calls: in all, in the queue, and in a worker. */
  public record Durations(Percentiles latency, Percentiles queue, Percentiles run) {}

  /**
   * Reads the answers to {@code GET /v1/pools/{pool}} and {@code GET /v1/workers}.
   *
   * @throws ClassCastException if they are something else
   */
  public static PoolSample of(long atNanos, JsonObject pool, JsonArray workers) {
    int ready = pool.getInteger("ready", 0);
    int capacity = pool.getInteger("capacity", ready);
    int each = ready == 0 ? 1 : Math.max(1, capacity / ready);
    return new PoolSample(
        atNanos,
        pool.getString("pool", ""),
        pool.getString("state", ""),
        new Workers(
            pool.getString("profile", ""),
            pool.getInteger("concurrency", each),
            pool.getInteger("size", ready),
            pool.getInteger("busy", 0),
            workers(pool.getString("pool", ""), workers)),
        new Calls(
            pool.getInteger("running", 0),
            capacity,
            pool.getInteger("queued", 0),
            counters(pool.getJsonObject("counters", new JsonObject()))),
        new Durations(
            Percentiles.of(pool.getJsonObject("latencyMs")),
            Percentiles.of(pool.getJsonObject("queueMs")),
            Percentiles.of(pool.getJsonObject("runMs"))),
        pool.getString("lastError"));
  }

  private static Map<String, Long> counters(JsonObject json) {
    Map<String, Long> counters = new HashMap<>();
    json.fieldNames().forEach(name -> counters.put(name, json.getLong(name)));
    return counters;
  }

  private static Map<String, Worker> workers(String pool, JsonArray all) {
    Map<String, Worker> workers = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      JsonObject worker = all.getJsonObject(i);
      if (pool.equals(worker.getString("pool"))) {
        Double cpuMs = worker.getDouble("cpuMs");
        workers.put(
            worker.getString("worker", ""),
            new Worker(worker.getLong("calls", 0L), cpuMs == null ? Double.NaN : cpuMs));
      }
    }
    return workers;
  }
}
