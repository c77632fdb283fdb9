package io.snakepit.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what isn't HTTP with a problem; the connection is closed then. The log tells of the
 * first, and then once a minute how many there were, so that nobody can fill it from outside.
 */
final class InvalidRequests implements Handler<HttpServerRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(InvalidRequests.class);

  /** The log tells no more often than that. */
  static final int QUIET_SECONDS = 60;

  private final Housekeeping housekeeping;
  private int nextSecond;
  private long untold;

  InvalidRequests(Housekeeping housekeeping) {
    this.housekeeping = housekeeping;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String reason = explain(request.decoderResult().cause());
    tell(request, reason);
    Exchange exchange = new Exchange(request, housekeeping);
    exchange.closeAfterwards();
    exchange.fail(Problem.invalid(reason));
  }

  private void tell(HttpServerRequest request, String reason) {
    if (housekeeping.seconds() < nextSecond) {
      untold++;
      LOG.debug("refused bytes from {}: {}", request.remoteAddress(), reason);
      return;
    }
    nextSecond = housekeeping.seconds() + QUIET_SECONDS;
    LOG.warn(
        "refused bytes from {}, after {} more since this was last told: {}",
        request.remoteAddress(),
        untold,
        reason);
    untold = 0;
  }

  private static String explain(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return "the request's first line is over %d bytes".formatted(Limits.FIRST_LINE_BYTES);
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return "the request's headers are over %d bytes".formatted(Limits.HEADERS_BYTES);
    }
    return "the request is not valid HTTP/1.1: " + cause.getMessage();
  }
}
