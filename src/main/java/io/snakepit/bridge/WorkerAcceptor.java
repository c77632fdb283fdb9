package io.snakepit.bridge;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.Refusal;
import io.snakepit.bridge.v1.Welcome;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.telemetry.RefusalLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the workers of a pool knock: a Unix socket, served by the event loop that opened it, so
 * that a call needs no change of thread on its way to Python. Lets in only those who bear the token
 * of an expected worker and belong to this process's user.
 *
 * <p>All methods are for that event loop, and so are all calls of listeners.
 */
public final class WorkerAcceptor {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerAcceptor.class);

  /** A stranger must introduce itself within this time. */
  private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(5);

  /** Frames of a stranger may be no larger. */
  private static final long MAX_STRANGER_FRAME = 16 * 1024;

  /** How many connections may be undecided at a time, beyond those of workers that are expected. */
  static final int MAX_STRANGERS = 64;

  private final Vertx vertx;
  private final Path path;
  private final FrameLimits limits;
  private final Duration helloTimeout;
  private final int ownUid;
  private final NetServer server;
  private final Handshake<ExpectedWorker> handshake = new Handshake<>();
  private final Set<Connection> connections = new HashSet<>();
  private final RefusalLog refusals = new RefusalLog();
  private int strangers;

  /**
   * Bytes that a body, and a frame as a whole, may have.
   *
   * @param maxBodyBytes at most {@link #HIGHEST_BODY}
   */
  public record FrameLimits(long maxBodyBytes) {
    /** What a header may add to a body. */
    private static final long HEADROOM = 1024 * 1024;

    /** A frame must fit into one buffer. */
    public static final long HIGHEST_BODY = Integer.MAX_VALUE - 2 * HEADROOM;

    public FrameLimits {
      if (maxBodyBytes < 1 || maxBodyBytes > HIGHEST_BODY) {
        throw new IllegalArgumentException(
            "maxBodyBytes must be between 1 and " + HIGHEST_BODY + ": got " + maxBodyBytes);
      }
    }

    long maxFrameBytes() {
      return maxBodyBytes + HEADROOM;
    }
  }

  private WorkerAcceptor(
      Vertx vertx, Path path, FrameLimits limits, Duration helloTimeout, int ownUid) {
    this.vertx = vertx;
    this.path = path;
    this.limits = limits;
    this.helloTimeout = helloTimeout;
    this.ownUid = ownUid;
    this.server = vertx.createNetServer(new NetServerOptions().setReceiveBufferSize(256 * 1024));
  }

  /**
   * Opens the door.
   *
   * @param path of the socket to create, in a directory of ours with mode 0700
   * @return fails with the {@link IOException} of the operating system
   */
  public static Future<WorkerAcceptor> open(Vertx vertx, Path path, FrameLimits limits) {
    return open(vertx, path, limits, HELLO_TIMEOUT);
  }

  static Future<WorkerAcceptor> open(
      Vertx vertx, Path path, FrameLimits limits, Duration helloTimeout) {
    return vertx
        .executeBlocking(() -> (Integer) Files.getAttribute(path.getParent(), "unix:uid"))
        .compose(
            uid -> {
              WorkerAcceptor door = new WorkerAcceptor(vertx, path, limits, helloTimeout, uid);
              door.server.connectHandler(door::welcome);
              return door.listen();
            });
  }

  private Future<WorkerAcceptor> listen() {
    return server.listen(SocketAddress.domainSocketAddress(path.toString())).map(this);
  }

  /** From now on a worker with that token may attach. */
  public void expect(String token, String worker, LinkListener listener) {
    handshake.expect(token, new ExpectedWorker(vertx, worker, listener));
  }

  /** A token that was not used up opens nothing any more. */
  public void forget(String token) {
    handshake.forget(token);
  }

  /** Connections that were refused: strangers who did not say, or prove, who they are. */
  public long refused() {
    return refusals.count();
  }

  /**
   * Closes the door and the connections that came through it, and removes the socket. Listeners
   * hear that their links are {@link Cause#CLOSED}.
   */
  public Future<Void> close() {
    List.copyOf(connections).forEach(Connection::close);
    return server.close();
  }

  private void welcome(NetSocket socket) {
    if (strangers >= MAX_STRANGERS + 2 * handshake.expected()) {
      socket.close();
      refuse("%d others have not introduced themselves yet".formatted(strangers));
    } else {
      new Stranger(socket);
    }
  }

  private void refuse(String why) {
    String line = refusals.refused(why, System.nanoTime());
    if (line != null) {
      LOG.warn("refused a connection to {}: {}", path.getFileName(), line);
    }
  }

  /** A connection that has not said yet whose it is. */
  private final class Stranger {
    private final Connection connection;
    private final long timer;
    private @Nullable ExpectedWorker guest;
    private String token = "";
    private Channel channel = Channel.CHANNEL_UNSPECIFIED;
    private boolean counted;
    private boolean undecided = true;

    Stranger(NetSocket socket) {
      connection = new Connection(socket, MAX_STRANGER_FRAME, this::received, this::ended);
      connections.add(connection);
      strangers++;
      timer = vertx.setTimer(helloTimeout.toMillis(), late -> refuse("said no hello in time"));
    }

    private void received(WorkerMessage message, Buffer body) throws ProtocolException {
      if (guest != null) {
        guest.received(channel, message, body);
        return;
      }
      known();
      try {
        introduce(message);
      } catch (ProtocolException e) {
        refuse(String.valueOf(e.getMessage()));
      }
    }

    /** It is decided who it is. */
    private void known() {
      vertx.cancelTimer(timer);
      if (undecided) {
        undecided = false;
        strangers--;
      }
    }

    private void introduce(WorkerMessage message) throws ProtocolException {
      if (!message.hasHello()) {
        throw new ProtocolException(
            "the first message must be Hello: got " + message.getKindCase());
      }
      Peer peer = Peer.of(connection.socket());
      if (peer != null && peer.uid() != ownUid) {
        throw new ProtocolException("the peer belongs to user " + peer.uid() + ", not " + ownUid);
      }
      Hello hello = message.getHello();
      Handshake.Admission<ExpectedWorker> admission =
          handshake.admit(hello, peer == null ? null : peer.pid());
      channel = admission.channel();
      token = hello.getToken();
      connection.allow(limits.maxFrameBytes());
      connection.send(welcomeTo(admission.protocol()), Buffer.buffer());
      guest = admission.guest();
      guest.opened(channel, connection);
    }

    private HostMessage welcomeTo(int protocol) {
      Welcome welcome =
          Welcome.newBuilder()
              .setProtocol(protocol)
              .setMaxFrameBytes(limits.maxFrameBytes())
              .setMaxBodyBytes(limits.maxBodyBytes())
              .build();
      return HostMessage.newBuilder().setWelcome(welcome).build();
    }

    private void refuse(String why) {
      count(why);
      Refusal refusal = Refusal.newBuilder().setMessage(why).build();
      connection.sendAndClose(
          HostMessage.newBuilder().setRefusal(refusal).build(), new LinkEnd(Cause.PROTOCOL, why));
    }

    private void count(String why) {
      if (!counted) {
        counted = true;
        WorkerAcceptor.this.refuse(why);
      }
    }

    private void ended(LinkEnd end) {
      known();
      connections.remove(connection);
      if (guest != null) {
        // What is left of its token must not open a connection that nobody waits for.
        handshake.forget(token);
        guest.ended(channel, end);
      } else if (end.cause() == Cause.PROTOCOL) {
        count(end.message());
      } else if (end.cause() != Cause.CLOSED && connection.isWithinFrame()) {
        count("left amid its first frame");
      }
    }
  }
}
