package io.snakepit.http;

import io.snakepit.bus.PoolClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Routes that tell whether the host is alive and can take calls. Open to everyone. */
final class HealthRoutes {
  private static final String STATUS = "status";
  private static final String UP = "UP";
  private static final String DOWN = "DOWN";

  private final PoolClient pools;

  HealthRoutes(PoolClient pools) {
    this.pools = pools;
  }

  List<Route> routes() {
    return List.of(
        Route.of(HttpMethod.GET, "/health/live", (exchange, none) -> live(exchange)),
        Route.of(HttpMethod.GET, "/health/ready", (exchange, none) -> ready(exchange)));
  }

  private static void live(Exchange exchange) {
    exchange.json(200, new JsonObject().put(STATUS, UP).toBuffer());
  }

  private void ready(Exchange exchange) {
    pools
        .health()
        .otherwise(failure -> unknown())
        .onComplete(health -> answer(exchange, health), exchange::fail);
  }

  private static void answer(Exchange exchange, JsonObject health) {
    if (UP.equals(health.getString(STATUS))) {
      exchange.json(200, health.toBuffer());
    } else {
      exchange.json(503, failing(health).toBuffer());
    }
  }

  private static JsonObject failing(JsonObject health) {
    JsonArray failing = new JsonArray();
    for (Object each : health.getJsonArray("checks", new JsonArray())) {
      if (each instanceof JsonObject check && !UP.equals(check.getString(STATUS))) {
        failing.add(check);
      }
    }
    return new JsonObject().put(STATUS, DOWN).put("checks", failing);
  }

  private static JsonObject unknown() {
    JsonObject check =
        new JsonObject()
            .put("id", "host")
            .put(STATUS, DOWN)
            .put("reason", "it is starting or stopping");
    return new JsonObject().put(STATUS, DOWN).put("checks", new JsonArray().add(check));
  }
}
