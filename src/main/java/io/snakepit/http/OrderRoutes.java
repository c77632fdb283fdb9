package io.snakepit.http;

import io.snakepit.api.CallExecutor;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.PoolClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Routes that take orders to pools, workers and calls. Each is answered 202 as soon as it is taken;
 * what becomes of it shows in the state of the pool.
 */
final class OrderRoutes {
  private static final String POOL = "/v1/pools/{pool}/";
  private static final String WORKER = "/v1/workers/{id}";
  private static final int ACCEPTED = 202;

  private final PoolClient pools;
  private final CallExecutor executor;

  /**
   * @param executor whose calls can be cancelled
   */
  OrderRoutes(PoolClient pools, CallExecutor executor) {
    this.pools = pools;
    this.executor = executor;
  }

  List<Route> routes() {
    return List.of(
        toPool("drain", OrderBody::none, (pool, nothing) -> pools.drain(pool)),
        toPool("resume", OrderBody::none, (pool, nothing) -> pools.resume(pool)),
        toPool("resize", OrderBody::size, pools::resize),
        toPool("roll", OrderBody::none, (pool, nothing) -> pools.roll(pool)),
        toWorker(HttpMethod.POST, WORKER + "/recycle", pools::recycle),
        toWorker(HttpMethod.DELETE, WORKER, pools::kill),
        Route.of(
            HttpMethod.DELETE,
            "/v1/calls/{id}",
            (exchange, names) -> take(exchange, OrderBody::none, nothing -> cancel(names.get(0)))));
  }

  /**
   * Makes a route to a pool. Nobody listens for a pool that does not exist, so first the host is
   * asked, which knows all.
   */
  private Route toPool(
      String verb,
      Function<Buffer, JsonObject> reader,
      BiFunction<String, JsonObject, Future<JsonObject>> order) {
    return Route.of(
        HttpMethod.POST,
        POOL + verb,
        (exchange, names) -> {
          String pool = names.get(0);
          take(
              exchange, reader, body -> pools.pool(pool).compose(known -> order.apply(pool, body)));
        });
  }

  private Route toWorker(
      HttpMethod method, String path, Function<String, Future<JsonObject>> order) {
    return Route.of(
        method,
        path,
        (exchange, names) -> take(exchange, OrderBody::none, nothing -> order.apply(names.get(0))));
  }

  private void take(
      Exchange exchange,
      Function<Buffer, JsonObject> reader,
      Function<JsonObject, Future<JsonObject>> order) {
    if (!ContentTypes.isJson(exchange, true)) {
      return;
    }
    BodyReader.readSmall(
        exchange,
        body ->
            order
                .apply(reader.apply(body))
                .onComplete(reply -> exchange.json(ACCEPTED, reply.toBuffer()), exchange::fail));
  }

  private Future<JsonObject> cancel(String call) {
    return executor
        .cancel(call)
        .map(
            cancelled -> {
              if (!cancelled) {
                throw new SnakepitException(
                    ErrorCode.NOT_FOUND,
                    "there is no call %s under way; it may be over".formatted(Shown.of(call)));
              }
              return new JsonObject().put("cancelled", true);
            });
  }
}
