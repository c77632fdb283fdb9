package io.snakepit.process;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who is at the other end of a Unix socket, as the kernel tells it.
 *
 * @param user empty where the transport can't tell, as the pid is
 */
record SocketPeer(OptionalInt user, OptionalLong pid) {

  /** The peer; unknown with plain NIO, and when it is gone already. */
  static SocketPeer of(NetSocket socket) {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    try {
      if (channel instanceof EpollDomainSocketChannel epoll) {
        return of(epoll.peerCredentials());
      }
      if (channel instanceof KQueueDomainSocketChannel kqueue) {
        return of(kqueue.peerCredentials());
      }
    } catch (IOException gone) {
      // Then nobody can say more about it.
    }
    return new SocketPeer(OptionalInt.empty(), OptionalLong.empty());
  }

  static SocketPeer of(PeerCredentials credentials) {
    int pid = credentials.pid();
    return new SocketPeer(
        OptionalInt.of(credentials.uid()), pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty());
  }

  /** Whether nothing that is known speaks against it. */
  boolean mayBe(int ownUser, long expectedPid) {
    return user.orElse(ownUser) == ownUser && pid.orElse(expectedPid) == expectedPid;
  }
}
