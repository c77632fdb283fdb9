package io.snakepit.http;

import io.snakepit.vertx.HttpInternals;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** Answers what isn't HTTP with a problem; the connection is closed then. */
final class InvalidRequests implements Handler<HttpServerRequest> {
  private final Connections housekeeping;

  InvalidRequests(Connections housekeeping) {
    this.housekeeping = housekeeping;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String reason = explain(HttpInternals.decodingFault(request));
    housekeeping.refused("bytes from %s: %s".formatted(request.remoteAddress(), reason));
    Exchange exchange = new Exchange(request, housekeeping);
    exchange.closeAfterwards();
    exchange.fail(Problem.invalid(reason));
  }

  private static String explain(Throwable cause) {
    if (HttpInternals.isFirstLineTooLong(cause)) {
      return "the request's first line is over %d bytes".formatted(Limits.FIRST_LINE_BYTES);
    }
    if (HttpInternals.isHeadTooLong(cause)) {
      return "the request's headers are over %d bytes".formatted(Limits.HEADERS_BYTES);
    }
    return "the request is not valid HTTP/1.1: " + cause.getMessage();
  }
}
