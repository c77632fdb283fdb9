package io.snakepit.vertx;

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
 * The process at the other end of a Unix socket, as the kernel tells it ({@code SO_PEERCRED}). The
 * socket's directory, of mode 0700, already lets nobody else in; this is the second lock.
 *
 * @param user the numeric user id; empty where the transport can't tell (plain NIO)
 * @param pid the process id; empty where neither transport nor kernel tells it
 */
public record SocketPeer(OptionalInt user, OptionalLong pid) {

  /** Returns the peer of a socket; all is unknown with plain NIO, and once the peer is gone. */
  public static SocketPeer of(NetSocket socket) {
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

  private static SocketPeer of(PeerCredentials credentials) {
    int pid = credentials.pid();
    return new SocketPeer(
        OptionalInt.of(credentials.uid()), pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty());
  }

  /** Returns whether nothing that is known speaks against this user and this process. */
  public boolean mayBe(int expectedUser, long expectedPid) {
    return user.orElse(expectedUser) == expectedUser && pid.orElse(expectedPid) == expectedPid;
  }
}
