package io.snakepit.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;

/**
 * The rest of a request's body, which nobody wants any more once the answer is made: of a short one
 * the connection outlives it, of others not. For the request's event loop.
 */
final class UnreadBody {
  /** The time for which the rest of a refused body is dropped, so that the client sees why. */
  private static final long DRAIN_MS = 1_000;

  /** A refused body up to this size is awaited, so that its connection stays of use. */
  private static final long SHORT_BYTES = 64 * 1024;

  private UnreadBody() {}

  /** Returns whether there is something of the body that has not been read. */
  static boolean isLeft(HttpServerRequest request) {
    return !request.isEnded() && BodyReader.hasBody(request);
  }

  /** Returns whether the rest is sure to come and to be small. */
  static boolean isShort(HttpServerRequest request) {
    String declared = request.getHeader(Headers.CONTENT_LENGTH);
    return declared != null
        && Long.parseLong(declared) <= SHORT_BYTES
        && !BodyReader.expectsContinue(request);
  }

  /** Drops the rest as it comes, and then goes on. */
  static void drop(HttpServerRequest request, ClientConnection client, Runnable then) {
    client.reading();
    request.handler(dropped -> client.touch(dropped.length())).endHandler(read -> then.run());
    request.resume();
  }

  /** Drops what still comes for a while, and closes the connection. */
  static void dropAndClose(HttpServerRequest request, Vertx vertx) {
    HttpConnection connection = request.connection();
    long timer = vertx.setTimer(DRAIN_MS, late -> connection.close());
    request
        .handler(dropped -> {})
        .endHandler(
            read -> {
              vertx.cancelTimer(timer);
              connection.close();
            });
    request.resume();
  }
}
