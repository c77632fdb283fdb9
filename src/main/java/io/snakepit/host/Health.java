package io.snakepit.host;

import io.snakepit.bus.PoolClient;
import io.snakepit.bus.Question;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * Answers whether calls can be taken: every required pool has come up whole once, and has a worker
 * that can take calls now. Any thread may call it.
 */
public final class Health {
  private static final Set<String> SERVING = Set.of("ready", "degraded");

  private final PoolClient pools;
  private final List<String> required;

  /**
   * @param required names of the pools that the host can't do without
   */
  Health(PoolClient pools, List<String> required) {
    this.pools = pools;
    this.required = List.copyOf(required);
  }

  /** Asks all required pools; answers {@code {"status","checks":[{"id","status","reason"?}]}}. */
  Future<JsonObject> check() {
    List<Future<JsonObject>> checks = required.stream().map(this::check).toList();
    return Future.join(checks)
        .map(
            all -> {
              List<JsonObject> results = all.list();
              boolean up = results.stream().allMatch(each -> each.getString("status").equals("UP"));
              return new JsonObject()
                  .put("status", up ? "UP" : "DOWN")
                  .put("checks", new JsonArray(results));
            });
  }

  private Future<JsonObject> check(String pool) {
    JsonObject check = new JsonObject().put("id", "pool " + pool);
    return pools
        .<JsonObject>inspect(pool, Question.POOL)
        .map(info -> judge(check, info))
        .otherwise(gone -> check.put("status", "DOWN").put("reason", "it does not answer"));
  }

  private static JsonObject judge(JsonObject check, JsonObject pool) {
    int ready = pool.getInteger("ready");
    if (SERVING.contains(pool.getString("state")) && ready > 0) {
      return check.put("status", "UP");
    }
    String reason =
        "it is %s: %d of %d workers are ready"
            .formatted(pool.getString("state"), ready, pool.getInteger("size"));
    String lastError = pool.getString("lastError");
    return check
        .put("status", "DOWN")
        .put("reason", lastError == null ? reason : reason + "; " + lastError);
  }
}
