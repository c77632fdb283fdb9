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
 * @param size workers it should have
 * @param ready live workers that can take calls, busy ones included
 * @param busy workers with a call
 * @param running calls in workers
 * @param capacity calls that all its ready workers can run at once
 * @param starting workers on their way
 * @param queued calls that wait
 * @param counters every outcome, {@code OK} and each error code, plus {@code restarts} and {@code
 *     recycled}; zeros included
 * @param p50Ms median of the answered calls' durations in the last 60 s; 0 without calls
 * @param p99Ms their 99th percentile
 * @param lastError why the pool failed or its last worker crashed; null if neither happened
 */
public record PoolInfo(
    String pool,
    String state,
    int size,
    int ready,
    int busy,
    int running,
    int capacity,
    int starting,
    int queued,
    Map<String, Long> counters,
    double p50Ms,
    double p99Ms,
    @Nullable String lastError) {

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
            .put("size", size)
            .put("ready", ready)
            .put("busy", busy)
            .put("running", running)
            .put("capacity", capacity)
            .put("starting", starting)
            .put("queued", queued)
            .put("counters", counts)
            .put("latencyMs", new JsonObject().put("p50", p50Ms).put("p99", p99Ms));
    if (lastError != null) {
      json.put("lastError", lastError);
    }
    return json;
  }
}
