package io.snakepit.http;

import io.snakepit.api.Shown;
import io.snakepit.vertx.FramingFault;
import io.snakepit.vertx.HttpInternals;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** Handler of what isn't HTTP: answers with a problem and closes the connection. */
final class InvalidRequests implements Handler<HttpServerRequest> {
  private final ServerScope scope;

  InvalidRequests(ServerScope scope) {
    this.scope = scope;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String reason = explain(HttpInternals.decodingFault(request));
    scope.refusals().add("bytes from %s: %s".formatted(request.remoteAddress(), reason));
    Exchange exchange = new Exchange(request, scope);
    exchange.closeAfterwards();
    exchange.fail(Problem.invalid(reason));
  }

  private static String explain(Throwable cause) {
    if (cause instanceof FramingFault fault) {
      return String.valueOf(fault.getMessage());
    }
    if (HttpInternals.isFirstLineTooLong(cause)) {
      return "the request's first line is over %d bytes".formatted(Limits.FIRST_LINE_BYTES);
    }
    if (HttpInternals.isHeadTooLong(cause)) {
      return "the request's headers are over %d bytes".formatted(Limits.HEADERS_BYTES);
    }
    return "the request is not valid HTTP/1.1: " + Shown.of(String.valueOf(cause.getMessage()));
  }
}
