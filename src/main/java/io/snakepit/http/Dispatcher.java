package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Dispatcher of requests to those who answer them. First come {@code Host}, {@code Origin} and the
 * key, at every path there is or isn't. Calls of tools, which are nearly all of the traffic, are
 * then known by their path alone; the rest is looked up in the table of {@link Route}s.
 */
final class Dispatcher implements Handler<HttpServerRequest> {
  private static final String POOLS = "/v1/pools/";
  private static final String TOOLS = "/tools/";

  private final ServerScope scope;
  private final Admission admission;
  private final CallRoutes calls;
  private final List<Route> routes;

  Dispatcher(ServerScope scope, Admission admission, CallRoutes calls, List<Route> routes) {
    this.scope = scope;
    this.admission = admission;
    this.calls = calls;
    this.routes = routes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Exchange exchange = new Exchange(request, scope);
    try {
      dispatch(exchange);
    } catch (Throwable thrown) {
      exchange.fail(thrown);
      Faults.throwIfFatal(thrown);
    }
  }

  private void dispatch(Exchange exchange) {
    String path = exchange.path();
    if (!admission.admits(exchange, path)) {
      return;
    }
    if (!exchange.method().equals(HttpMethod.POST) || !called(exchange, path)) {
      lookUp(exchange, path);
    }
  }

  private boolean called(Exchange exchange, String path) {
    if (path.startsWith(POOLS)) {
      int pool = POOLS.length();
      int end = path.indexOf('/', pool);
      int tool = end + TOOLS.length();
      boolean matches =
          end > pool
              && path.startsWith(TOOLS, end)
              && tool < path.length()
              && path.indexOf('/', tool) < 0;
      if (matches) {
        calls.callTool(
            exchange,
            Segments.decode(path.substring(pool, end)),
            Segments.decode(path.substring(tool)));
      }
      return matches;
    }
    if (path.equals(CallRoutes.EXECUTE)) {
      calls.execute(exchange);
      return true;
    }
    return false;
  }

  private void lookUp(Exchange exchange, String path) {
    List<String> segments = Route.split(path);
    Set<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      List<String> parameters = route.match(segments);
      if (parameters != null) {
        if (route.takes(exchange.method())) {
          route.action().handle(exchange, parameters.stream().map(Segments::decode).toList());
          return;
        }
        route.addMethods(allowed);
      }
    }
    refuse(exchange, path, allowed);
  }

  private static void refuse(Exchange exchange, String path, Set<String> allowed) {
    if (allowed.isEmpty()) {
      exchange.fail(
          new SnakepitException(
              ErrorCode.NOT_FOUND, "there is nothing at %s".formatted(Shown.of(path))));
    } else if (exchange.method().equals(HttpMethod.OPTIONS)) {
      exchange.allow(String.join(", ", allowed));
    } else {
      exchange.refuseMethod(String.join(", ", allowed));
    }
  }
}
