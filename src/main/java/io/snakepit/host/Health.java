package io.snakepit.host;

import io.snakepit.bus.Question;
import io.snakepit.pool.PoolVerticle;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Says whether calls can be taken: every required pool has come up whole once, and has a worker
 * that can take calls now.
 */
public final class Health {
  private static final Set<String> SERVING = Set.of("ready", "degraded");

  private final BiFunction<PoolVerticle, Question, Future<Object>> asker;

  public Health(BiFunction<PoolVerticle, Question, Future<Object>> asker) {
    this.asker = asker;
  }

  public Future<JsonObject> check(Collection<PoolVerticle> pools) {
    List<Future<JsonObject>> checks =
        pools.stream().filter(PoolVerticle::required).map(this::check).toList();
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

  private Future<JsonObject> check(PoolVerticle pool) {
    JsonObject check = new JsonObject().put("id", "pool " + pool.pool());
    return asker
        .apply(pool, Question.POOL)
        .map(info -> judge(check, (JsonObject) info))
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
