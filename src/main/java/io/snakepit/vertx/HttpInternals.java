package io.snakepit.vertx;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/** Abilities of the HTTP server of Vert.x beyond its public interface. */
public final class HttpInternals {
  private HttpInternals() {}

  /**
   * Ends a server's connection at once. An orderly end would first write what the client doesn't
   * take, and so wait for ever. On the connection's event loop.
   */
  public static void abort(HttpConnection connection) {
    Channel channel = ((HttpServerConnection) connection).channelHandlerContext().channel();
    channel.unsafe().close(channel.newPromise());
  }

  /** Returns why a request could not be decoded. Only of one that could not. */
  public static Throwable decodingFault(HttpServerRequest request) {
    return request.decoderResult().cause();
  }

  /** Returns whether a request could not be decoded since its first line was over the limit. */
  public static boolean isFirstLineTooLong(Throwable cause) {
    return cause instanceof TooLongHttpLineException;
  }

  /** Returns whether a request could not be decoded since its headers were over the limit. */
  public static boolean isHeadTooLong(Throwable cause) {
    return cause instanceof TooLongHttpHeaderException;
  }
}
