package io.snakepit.http;

import io.snakepit.bus.PoolClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Routes that show what pools, workers and tools are doing, as the event bus tells. */
final class InspectionRoutes {
  private final PoolClient pools;

  InspectionRoutes(PoolClient pools) {
    this.pools = pools;
  }

  List<Route> routes() {
    return List.of(
        get(
            "/v1/pools",
            (exchange, none) -> answer(exchange, pools.pools().map(JsonArray::toBuffer))),
        get(
            "/v1/pools/{pool}",
            (exchange, names) ->
                answer(exchange, pools.pool(names.get(0)).map(JsonObject::toBuffer))),
        get(
            "/v1/workers",
            (exchange, none) -> answer(exchange, pools.workers().map(JsonArray::toBuffer))),
        get(
            "/v1/workers/{id}",
            (exchange, names) -> answer(exchange, worker(names.get(0)).map(JsonObject::toBuffer))),
        get(
            "/v1/tools",
            (exchange, none) -> answer(exchange, pools.tools().map(JsonArray::toBuffer))));
  }

  private static Route get(String path, Route.Action action) {
    return Route.of(HttpMethod.GET, path, action);
  }

  private Future<JsonObject> worker(String id) {
    return pools.workers().map(workers -> find(workers, id));
  }

  private static JsonObject find(JsonArray workers, String id) {
    for (int i = 0; i < workers.size(); i++) {
      JsonObject worker = workers.getJsonObject(i);
      if (id.equals(worker.getString("worker"))) {
        return worker;
      }
    }
    throw PoolClient.noWorker(id);
  }

  private static void answer(Exchange exchange, Future<Buffer> json) {
    json.onComplete(body -> exchange.json(200, body), exchange::fail);
  }
}
