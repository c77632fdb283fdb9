package io.snakepit.vertx;

import io.netty.channel.Channel;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.impl.ServerID;
import java.util.Map;

/** Abilities of the HTTP server of Vert.x beyond its public interface. */
public final class HttpInternals {
  /** The name that Vert.x gives the decoder of requests. */
  private static final String DECODER = "httpDecoder";

  private HttpInternals() {}

  /**
   * Ends a server's connection at once. An orderly end would first write what the client doesn't
   * take, and so wait for ever. On the connection's event loop.
   */
  public static void abort(HttpConnection connection) {
    Channel channel = ((HttpServerConnection) connection).channelHandlerContext().channel();
    channel.unsafe().close(channel.newPromise());
  }

  /**
   * Returns how long ago something was last sent to a connection's client, whose machine has to
   * have room for it; in milliseconds. On the connection's event loop.
   *
   * @return -1 where the transport can't tell
   */
  public static long sinceSentMs(HttpConnection connection) {
    Channel channel = ((HttpServerConnection) connection).channelHandlerContext().channel();
    if (channel instanceof EpollSocketChannel epoll && epoll.isOpen()) {
      return epoll.tcpInfo().lastDataSent();
    }
    return -1;
  }

  /**
   * Has the framing of what comes on a server's connection looked at before it is decoded. What is
   * wrong shows as a {@link FramingFault}: of a request that could not be decoded, or as the
   * exception of one whose head could. Once, before anything has come.
   */
  public static void guardFraming(HttpConnection connection, RequestFraming framing) {
    ((HttpServerConnection) connection)
        .channelHandlerContext()
        .pipeline()
        .addBefore(DECODER, "framing", new FramingHandler(DECODER, framing));
  }

  /**
   * Has a server's connection wait for its turn after every read, which takes up to 64 KiB. By
   * default 16 such reads make a turn, so that all other connections of the event loop wait for a
   * megabyte of each client that sends a large body: dozens of them make that tens of milliseconds.
   * Once, before anything has come.
   */
  public static void readInTurns(HttpConnection connection) {
    Channel channel = ((HttpServerConnection) connection).channelHandlerContext().channel();
    RecvByteBufAllocator allocator = channel.config().getRecvByteBufAllocator();
    if (allocator instanceof MaxMessagesRecvByteBufAllocator turns) {
      turns.maxMessagesPerRead(1);
    }
  }

  /**
   * Returns whether a Vert.x serves an address already: one more server there would not be refused,
   * but get half of its connections.
   */
  public static boolean isServing(Vertx vertx, int port, String host) {
    Map<ServerID, ?> shared = ((VertxInternal) vertx).sharedTcpServers();
    synchronized (shared) {
      return shared.containsKey(new ServerID(port, host));
    }
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
