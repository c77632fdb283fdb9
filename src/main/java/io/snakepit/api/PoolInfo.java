package io.snakepit.api;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one can know of a pool.
 *
 * @param state starting, ready, degraded, open, draining, drained or failed
 * @param profile process, thread or async
 * @param concurrency calls that a worker can run at a time
 * @param size workers it should have
 * @param ready live workers that can take calls, busy ones included
 * @param busy workers with a call
 * @param running calls in workers
 * @param capacity calls that all its ready workers can run at once
 * @param starting workers on their way
 * @param queued calls that wait
 * @param counters every outcome, {@code OK} and each error code, plus {@code restarts} and {@code
 *     recycled}; zeros included
 * @param latency from acceptance to the answer, of the calls that reached a worker
 * @param queue from acceptance to a worker
 * @param run in the worker
 * @param roll the last roll; null if there was none
 * @param lastError why the pool failed or its last worker crashed; null if neither happened
 */
public record PoolInfo(
    String pool,
    String state,
    String profile,
    int concurrency,
    int size,
    int ready,
    int busy,
    int running,
    int capacity,
    int starting,
    int queued,
    Map<String, Long> counters,
    Percentiles latency,
    Percentiles queue,
    Percentiles run,
    @Nullable Roll roll,
    @Nullable String lastError) {

  /** Durations of the last 60 s, in milliseconds; 0 without any. */
  public record Percentiles(double p50Ms, double p99Ms) {
    static Percentiles fromJson(JsonObject json) {
      return new Percentiles(json.getDouble("p50"), json.getDouble("p99"));
    }

    JsonObject toJson() {
      return new JsonObject().put("p50", p50Ms).put("p99", p99Ms);
    }
  }

  /**
   * How far the replacing of all workers by new code has come.
   *
   * @param state running, done or failed
   * @param done workers that are replaced
   * @param total workers that were to be
   * @param fault why the last new worker that could not start did not; null if all could
   */
  public record Roll(String state, int done, int total, @Nullable String fault) {
    static Roll fromJson(JsonObject json) {
      return new Roll(
          json.getString("state"),
          json.getInteger("done"),
          json.getInteger("total"),
          json.getString("fault"));
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject().put("state", state).put("done", done).put("total", total);
      return fault == null ? json : json.put("fault", fault);
    }
  }

  /**
   * Reads what {@link #toJson} writes, and the event bus and HTTP answer. Raises a {@link
   * RuntimeException} where it is something else.
   */
  public static PoolInfo fromJson(JsonObject json) {
    Map<String, Long> counters = new LinkedHashMap<>();
    json.getJsonObject("counters")
        .forEach(each -> counters.put(each.getKey(), ((Number) each.getValue()).longValue()));
    JsonObject roll = json.getJsonObject("roll");
    return new PoolInfo(
        json.getString("pool"),
        json.getString("state"),
        json.getString("profile"),
        json.getInteger("concurrency"),
        json.getInteger("size"),
        json.getInteger("ready"),
        json.getInteger("busy"),
        json.getInteger("running"),
        json.getInteger("capacity"),
        json.getInteger("starting"),
        json.getInteger("queued"),
        counters,
        Percentiles.fromJson(json.getJsonObject("latencyMs")),
        Percentiles.fromJson(json.getJsonObject("queueMs")),
        Percentiles.fromJson(json.getJsonObject("runMs")),
        roll == null ? null : Roll.fromJson(roll),
        json.getString("lastError"));
  }

  public PoolInfo {
    counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
  }

  public JsonObject toJson() {
    JsonObject counts = new JsonObject();
    counters.forEach(counts::put);
    JsonObject json =
        new JsonObject()
            .put("pool", pool)
            .put("state", state)
            .put("profile", profile)
            .put("concurrency", concurrency)
            .put("size", size)
            .put("ready", ready)
            .put("busy", busy)
            .put("running", running)
            .put("capacity", capacity)
            .put("starting", starting)
            .put("queued", queued)
            .put("counters", counts)
            .put("latencyMs", latency.toJson())
            .put("queueMs", queue.toJson())
            .put("runMs", run.toJson());
    if (roll != null) {
      json.put("roll", roll.toJson());
    }
    if (lastError != null) {
      json.put("lastError", lastError);
    }
    return json;
  }
}
