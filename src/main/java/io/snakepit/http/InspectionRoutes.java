package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What pools, workers and tools are doing, as the event bus tells. */
final class InspectionRoutes {
  private final LocalBus bus;

  InspectionRoutes(LocalBus bus) {
    this.bus = bus;
  }

  List<Route> routes() {
    return List.of(
        get("/v1/pools", (exchange, none) -> all(exchange, Addresses.POOLS)),
        get("/v1/pools/{pool}", (exchange, names) -> pool(exchange, names.get(0))),
        get("/v1/workers", (exchange, none) -> all(exchange, Addresses.WORKERS)),
        get("/v1/workers/{id}", (exchange, names) -> worker(exchange, names.get(0))),
        get("/v1/tools", (exchange, none) -> all(exchange, Addresses.TOOLS)));
  }

  private static Route get(String path, Route.Action action) {
    return Route.of(HttpMethod.GET, path, action);
  }

  private void all(Exchange exchange, String address) {
    answer(exchange, bus.<JsonArray>ask(address, new JsonObject()).map(JsonArray::toBuffer));
  }

  private void pool(Exchange exchange, String name) {
    JsonObject question = new JsonObject().put("pool", name);
    answer(exchange, bus.<JsonObject>ask(Addresses.POOLS, question).map(JsonObject::toBuffer));
  }

  private void worker(Exchange exchange, String id) {
    answer(
        exchange,
        bus.<JsonArray>ask(Addresses.WORKERS, new JsonObject())
            .map(workers -> find(workers, id).toBuffer()));
  }

  private static JsonObject find(JsonArray workers, String id) {
    for (int i = 0; i < workers.size(); i++) {
      JsonObject worker = workers.getJsonObject(i);
      if (id.equals(worker.getString("worker"))) {
        return worker;
      }
    }
    throw new SnakepitException(
        ErrorCode.WORKER_NOT_FOUND, "there is no worker %s; it may have ended".formatted(id));
  }

  private static void answer(Exchange exchange, Future<Buffer> answer) {
    answer.onComplete(body -> exchange.json(200, body), exchange::fail);
  }
}
