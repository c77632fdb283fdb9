package io.snakepit.http;

import io.snakepit.api.CallExecutor;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/**
 * Orders to pools, workers and calls. Each is answered 202 as soon as it is taken; what becomes of
 * it shows in the state of the pool.
 */
final class OrderRoutes {
  private static final String POOL = "/v1/pools/{pool}/";
  private static final String WORKER = "/v1/workers/{id}";
  private static final int ACCEPTED = 202;

  private final LocalBus bus;
  private final CallExecutor executor;
  private final long maxBodyBytes;

  /**
   * @param executor whose calls can be cancelled
   * @param maxBodyBytes the largest body that is read
   */
  OrderRoutes(LocalBus bus, CallExecutor executor, long maxBodyBytes) {
    this.bus = bus;
    this.executor = executor;
    this.maxBodyBytes = maxBodyBytes;
  }

  List<Route> routes() {
    return List.of(
        toPool("drain", Addresses::drain, OrderBody::none),
        toPool("resume", Addresses::resume, OrderBody::none),
        toPool("resize", Addresses::resize, OrderBody::size),
        toPool("roll", Addresses::roll, OrderBody::none),
        toWorker(HttpMethod.POST, WORKER + "/recycle", Addresses.RECYCLE),
        toWorker(HttpMethod.DELETE, WORKER, Addresses.KILL),
        Route.of(
            HttpMethod.DELETE,
            "/v1/calls/{id}",
            (exchange, names) -> take(exchange, OrderBody::none, nothing -> cancel(names.get(0)))));
  }

  private Route toPool(
      String verb, Function<String, String> address, Function<Buffer, JsonObject> reader) {
    return Route.of(
        HttpMethod.POST,
        POOL + verb,
        (exchange, names) -> {
          String pool = names.get(0);
          take(exchange, reader, order -> order(pool, address.apply(pool), order));
        });
  }

  private Route toWorker(HttpMethod method, String path, String address) {
    return Route.of(
        method,
        path,
        (exchange, names) -> {
          JsonObject worker = new JsonObject().put("worker", names.get(0));
          take(exchange, OrderBody::none, nothing -> bus.ask(address, worker));
        });
  }

  private void take(
      Exchange exchange,
      Function<Buffer, JsonObject> reader,
      Function<JsonObject, Future<JsonObject>> order) {
    BodyReader.read(
        exchange,
        maxBodyBytes,
        body ->
            order
                .apply(reader.apply(body))
                .onComplete(reply -> exchange.json(ACCEPTED, reply.toBuffer()), exchange::fail));
  }

  /** Nobody listens for a pool that does not exist: so first one asks who knows all pools. */
  private Future<JsonObject> order(String pool, String address, JsonObject order) {
    return bus.<JsonObject>ask(Addresses.POOLS, new JsonObject().put("pool", pool))
        .compose(
            known ->
                bus.<JsonObject>ask(address, order)
                    .recover(
                        failure -> Future.failedFuture(BusFailures.explain(failure, pool, false))));
  }

  private Future<JsonObject> cancel(String call) {
    return executor
        .cancel(call)
        .map(
            cancelled -> {
              if (!cancelled) {
                throw new SnakepitException(
                    ErrorCode.NOT_FOUND,
                    "there is no call %s under way; it may be over".formatted(call));
              }
              return new JsonObject().put("cancelled", true);
            });
  }
}
