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
 * @param profile empty if the server does not tell
 * @param counters by outcome
 * @param workers by id
 * @param lastError why it failed, or its last worker crashed; null if neither
 */
public record PoolSample(
    long atNanos,
    String pool,
    String state,
    String profile,
    int concurrency,
    int size,
    int ready,
    int busy,
    int running,
    int capacity,
    int queued,
    Map<String, Long> counters,
    Percentiles latencyMs,
    Percentiles queueMs,
    Percentiles runMs,
    Map<String, Worker> workers,
    @Nullable String lastError) {

  public PoolSample {
    counters = Map.copyOf(counters);
    workers = Map.copyOf(workers);
  }

  /**
   * One of its workers.
   *
   * @param cpuMs processor time since its start; NaN if the server does not tell
   */
  public record Worker(long calls, double cpuMs) {}

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
        pool.getString("profile", ""),
        pool.getInteger("concurrency", each),
        pool.getInteger("size", ready),
        ready,
        pool.getInteger("busy", 0),
        pool.getInteger("running", 0),
        capacity,
        pool.getInteger("queued", 0),
        counters(pool.getJsonObject("counters", new JsonObject())),
        Percentiles.of(pool.getJsonObject("latencyMs")),
        Percentiles.of(pool.getJsonObject("queueMs")),
        Percentiles.of(pool.getJsonObject("runMs")),
        workers(pool.getString("pool", ""), workers),
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
