package io.snakepit.vertx;

import io.netty.channel.Channel;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/**
 * Reading from a socket, which stops at once. A socket that is merely paused reads on into a queue
 * of its own, up to a megabyte. On the socket's event loop.
 */
public final class Reading {
  private Reading() {}

  /** Reads nothing more, and hands out nothing that has been read. */
  public static void stop(NetSocket socket) {
    socket.pause();
    channel(socket).config().setAutoRead(false);
  }

  /** Reads on from a socket, and hands out what has been read. */
  public static void goOn(NetSocket socket) {
    channel(socket).config().setAutoRead(true);
    socket.resume();
  }

  private static Channel channel(NetSocket socket) {
    return ((NetSocketInternal) socket).channelHandlerContext().channel();
  }
}
