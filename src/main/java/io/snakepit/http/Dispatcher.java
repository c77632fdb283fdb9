package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Dispatcher of requests to those who answer them. Calls of tools, which are nearly all of the
 * traffic, are known by their path alone and come first; then come the key and the table of {@link
 * Route}s.
 */
final class Dispatcher implements Handler<HttpServerRequest> {
  private static final String POOLS = "/v1/pools/";
  private static final String TOOLS = "/tools/";
  private static final String HEALTH = "/health/";
  private static final String CHALLENGE = "Bearer realm=\"snakepit\"";

  private final ServerScope scope;
  private final ApiKeys keys;
  private final CallRoutes calls;
  private final List<Route> routes;

  Dispatcher(ServerScope scope, ApiKeys keys, CallRoutes calls, List<Route> routes) {
    this.scope = scope;
    this.keys = keys;
    this.calls = calls;
    this.routes = routes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Exchange exchange = new Exchange(request, scope);
    try {
      dispatch(exchange);
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private void dispatch(Exchange exchange) {
    String path = exchange.path();
    if (keys.areRequired() && !isAdmitted(exchange, path)) {
      return;
    }
    if (!exchange.method().equals(HttpMethod.POST) || !called(exchange, path)) {
      lookUp(exchange, path);
    }
  }

  private boolean isAdmitted(Exchange exchange, String path) {
    String authorization = exchange.header(Headers.AUTHORIZATION);
    if (path.startsWith(HEALTH) || keys.admit(authorization)) {
      return true;
    }
    if (authorization == null) {
      exchange.refuseStranger(CHALLENGE, "header Authorization must be \"Bearer KEY\": got none");
    } else {
      exchange.refuseStranger(
          CHALLENGE + ", error=\"invalid_token\"",
          "header Authorization must be \"Bearer KEY\" with one of http.apiKeys: got another");
    }
    return false;
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
          new SnakepitException(ErrorCode.NOT_FOUND, "there is nothing at %s".formatted(path)));
    } else if (exchange.method().equals(HttpMethod.OPTIONS)) {
      exchange.allow(String.join(", ", allowed));
    } else {
      exchange.refuseMethod(String.join(", ", allowed));
    }
  }
}
