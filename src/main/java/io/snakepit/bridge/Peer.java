package io.snakepit.bridge;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a Unix socket, as the kernel tells it. The socket's directory already
 * lets nobody else in; this is the second lock.
 *
 * @param pid null where the kernel does not tell
 */
record Peer(@Nullable Long pid, int uid) {

  /** The peer, or null where the transport can't tell (plain NIO). */
  static @Nullable Peer of(NetSocket socket) {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    try {
      if (channel instanceof EpollDomainSocketChannel epoll) {
        return of(epoll.peerCredentials());
      }
      if (channel instanceof KQueueDomainSocketChannel kqueue) {
        return of(kqueue.peerCredentials());
      }
    } catch (IOException gone) {
      return null;
    }
    return null;
  }

  private static Peer of(PeerCredentials credentials) {
    return new Peer(credentials.pid() > 0 ? (long) credentials.pid() : null, credentials.uid());
  }
}
