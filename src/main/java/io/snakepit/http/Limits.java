package io.snakepit.http;

import io.vertx.core.http.HttpServerOptions;

/** Limits of what the server takes from the network. */
final class Limits {
  /** The longest first line of a request: method, path and query. */
  static final int FIRST_LINE_BYTES = 8 * 1024;

  /** The most that all headers of a request may take together. */
  static final int HEADERS_BYTES = 16 * 1024;

  /** The largest piece in which a body is handed over; larger ones would only come from memory. */
  private static final int PIECE_BYTES = 64 * 1024;

  private static final int BACKLOG = 1024;

  private Limits() {}

  /**
   * Returns how the server listens. No HTTP/2, WebSockets, compression: each would put a handler on
   * the way of every byte. No idle timeout of Vert.x's, which would also end a long call: see
   * {@link Connections}. No strict thread mode, in which answers pass a connection's queue by: with
   * it a full queue has the connection read no further request.
   */
  static HttpServerOptions serverOptions() {
    return new HttpServerOptions()
        .setHttp2ClearTextEnabled(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setMaxInitialLineLength(FIRST_LINE_BYTES)
        .setMaxHeaderSize(HEADERS_BYTES)
        .setMaxChunkSize(PIECE_BYTES)
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setAcceptBacklog(BACKLOG);
  }
}
