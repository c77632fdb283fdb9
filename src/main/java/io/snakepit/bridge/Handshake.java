package io.snakepit.bridge;

import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Hello;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The workers that are expected, each of which may open its two connections, once. Pure: the
 * acceptor acts on what it says.
 *
 * @param <T> what a token stands for
 */
final class Handshake<T> {

  /** A connection that may be attached. */
  record Admission<T>(T worker, Channel channel, int protocol) {}

  private record Expected<T>(T worker, Set<Channel> unopened) {}

  private final Map<String, Expected<T>> expected = new HashMap<>();

  /** Lets a token open one connection of either channel from now on. */
  void expect(String token, T worker) {
    expected.put(
        token, new Expected<>(worker, EnumSet.of(Channel.CHANNEL_WORK, Channel.CHANNEL_CONTROL)));
  }

  /** Returns how many tokens have not opened both connections. */
  int expected() {
    return expected.size();
  }

  /** Lets a token open nothing any more. */
  void forget(String token) {
    expected.remove(token);
  }

  /**
   * Admits a peer.
   *
   * @param peerPid the peer's pid as the kernel tells it; null where it does not
   * @throws ProtocolException if it is refused; the message is for the peer and the log
   */
  Admission<T> admit(Hello hello, @Nullable Long peerPid) throws ProtocolException {
    Expected<T> entry = expected.get(hello.getToken());
    if (entry == null) {
      throw new ProtocolException("unknown token: only workers that this host started may attach");
    }
    int protocol =
        Protocol.agree(
            Integer.toUnsignedLong(hello.getMinProtocol()),
            Integer.toUnsignedLong(hello.getMaxProtocol()));
    if (peerPid != null && peerPid != hello.getPid()) {
      throw new ProtocolException(
          "the peer says that it is process %d, but it is %d".formatted(hello.getPid(), peerPid));
    }
    if (!entry.unopened.remove(hello.getChannel())) {
      throw new ProtocolException(
          hello.getChannel() + " can't be opened: a token opens each channel once");
    }
    if (entry.unopened.isEmpty()) {
      expected.remove(hello.getToken());
    }
    return new Admission<>(entry.worker, hello.getChannel(), protocol);
  }
}
