package io.snakepit.api;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state and the figures of a pool at one moment.
 *
 * @param pool its name
 * @param state starting, ready, degraded, open, draining, drained or failed
 * @param counters every outcome, {@code OK} and each error code, plus {@code restarts} and {@code
 *     recycled}; zeros included
 * @param roll the last roll; null if there was none
 * @param lastError why the pool failed or its last worker crashed; null if neither happened
 */
public record PoolInfo(
    String pool,
    String state,
    Workers workers,
    Calls calls,
    Map<String, Long> counters,
    Durations durations,
    @Nullable Roll roll,
    @Nullable String lastError) {

  /**
   * The workers of a pool.
   *
   * @param profile process, thread or async
   * @param concurrency calls that a worker can run at a time
   * @param size workers that the pool should have
   * @param ready live workers that can take calls, busy ones included
   * @param busy workers with a call
   * @param starting workers on their way
   */
  public record Workers(
      String profile, int concurrency, int size, int ready, int busy, int starting) {}

  /**
   * The calls under way in a pool.
   *
   * @param running calls in workers
   * @param capacity calls that all ready workers can run at once
   * @param queued calls that wait
   */
  public record Calls(int running, int capacity, int queued) {}

  /**
   * Durations of calls.
   *
   * @param latency from acceptance to the answer, of the calls that reached a worker
   * @param queue from acceptance to a worker
   * @param run in the worker
   */
  public record Durations(Percentiles latency, Percentiles queue, Percentiles run) {}

  /** Percentiles of the durations of the last 60 s, in milliseconds; 0 without any. */
  public record Percentiles(double p50Ms, double p99Ms) {
    static Percentiles fromJson(JsonObject json) {
      return new Percentiles(json.getDouble("p50"), json.getDouble("p99"));
    }

    JsonObject toJson() {
      return new JsonObject().put("p50", p50Ms).put("p99", p99Ms);
    }
  }

  /**
   * Progress of the replacing of all workers by new code.
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

  public PoolInfo {
    counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
  }

  /**
   * Reads what {@link #toJson} writes, and the event bus and HTTP answer. Raises a {@link
   * RuntimeException} where it is something else.
   */
  public static PoolInfo fromJson(JsonObject json) {
    JsonObject roll = json.getJsonObject("roll");
    return new PoolInfo(
        json.getString("pool"),
        json.getString("state"),
        workers(json),
        new Calls(
            json.getInteger("running"), json.getInteger("capacity"), json.getInteger("queued")),
        counters(json.getJsonObject("counters")),
        durations(json),
        roll == null ? null : Roll.fromJson(roll),
        json.getString("lastError"));
  }

  private static Workers workers(JsonObject json) {
    return new Workers(
        json.getString("profile"),
        json.getInteger("concurrency"),
        json.getInteger("size"),
        json.getInteger("ready"),
        json.getInteger("busy"),
        json.getInteger("starting"));
  }

  private static Map<String, Long> counters(JsonObject json) {
    Map<String, Long> counters = new LinkedHashMap<>();
    json.forEach(each -> counters.put(each.getKey(), ((Number) each.getValue()).longValue()));
    return counters;
  }

  private static Durations durations(JsonObject json) {
    return new Durations(
        Percentiles.fromJson(json.getJsonObject("latencyMs")),
        Percentiles.fromJson(json.getJsonObject("queueMs")),
        Percentiles.fromJson(json.getJsonObject("runMs")));
  }

  /** Returns the pool as the event bus and HTTP answer it. */
  public JsonObject toJson() {
    JsonObject counts = new JsonObject();
    counters.forEach(counts::put);
    JsonObject json =
        new JsonObject()
            .put("pool", pool)
            .put("state", state)
            .put("profile", workers.profile())
            .put("concurrency", workers.concurrency())
            .put("size", workers.size())
            .put("ready", workers.ready())
            .put("busy", workers.busy())
            .put("running", calls.running())
            .put("capacity", calls.capacity())
            .put("starting", workers.starting())
            .put("queued", calls.queued())
            .put("counters", counts)
            .put("latencyMs", durations.latency().toJson())
            .put("queueMs", durations.queue().toJson())
            .put("runMs", durations.run().toJson());
    if (roll != null) {
      json.put("roll", roll.toJson());
    }
    if (lastError != null) {
      json.put("lastError", lastError);
    }
    return json;
  }
}
