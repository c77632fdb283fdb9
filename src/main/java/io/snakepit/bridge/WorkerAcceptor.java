package io.snakepit.bridge;

import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.Refusal;
import io.snakepit.bridge.v1.Welcome;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.telemetry.RefusalLog;
import io.snakepit.vertx.SocketPeer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket at which the workers of a pool attach. It is served by the event loop that opened
 * it, so that a call needs no change of thread on its way to Python. A peer is admitted only with
 * the token of an expected worker, and only if it belongs to this process's user.
 *
 * <p>All methods are for that event loop, and so are all calls of listeners.
 */
public final class WorkerAcceptor {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerAcceptor.class);

  /** The time within which a peer must introduce itself. */
  private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(5);

  /** The bytes of the largest frame of a peer that is not admitted yet. */
  private static final long MAX_PENDING_FRAME = 16 * 1024;

  /** The connections that may be pending at a time, beyond those of workers that are expected. */
  static final int MAX_PENDING = 64;

  private final Vertx vertx;
  private final Path path;
  private final FrameLimits limits;
  private final Duration helloTimeout;
  private final int ownUid;
  private final NetServer server;
  private final Handshake<ExpectedWorker> handshake = new Handshake<>();
  private final Set<Connection> connections = new HashSet<>();
  private final RefusalLog refusals = new RefusalLog();
  private int pending;

  /**
   * The bytes that a body, and a frame as a whole, may have.
   *
   * @param maxBodyBytes at most {@link #HIGHEST_BODY}
   */
  public record FrameLimits(long maxBodyBytes) {
    /** The bytes that a header may add to a body. */
    private static final long HEADROOM = 1024 * 1024;

    /** The largest limit of a body in bytes: a frame must fit into one buffer. */
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
   * Opens an acceptor on the current event loop.
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
              WorkerAcceptor acceptor = new WorkerAcceptor(vertx, path, limits, helloTimeout, uid);
              acceptor.server.connectHandler(acceptor::accept);
              return acceptor.listen();
            });
  }

  private Future<WorkerAcceptor> listen() {
    return server.listen(SocketAddress.domainSocketAddress(path.toString())).map(this);
  }

  /** Lets a worker with that token attach from now on, and tells the listener what it says. */
  public void expect(String token, String worker, LinkListener listener) {
    handshake.expect(token, new ExpectedWorker(vertx, worker, listener, limits.maxBodyBytes()));
  }

  /** Lets nobody attach with that token any more. */
  public void forget(String token) {
    handshake.forget(token);
  }

  /** Returns how many connections were refused, since the peer did not say, or prove, who it is. */
  public long refused() {
    return refusals.count();
  }

  /**
   * Closes the acceptor and all its connections, and removes the socket. Listeners hear that their
   * links are {@link Cause#CLOSED}.
   */
  public Future<Void> close() {
    List.copyOf(connections).forEach(Connection::close);
    return server.close();
  }

  private void accept(NetSocket socket) {
    if (pending >= MAX_PENDING + 2 * handshake.expected()) {
      socket.close();
      refuse("%d others have not introduced themselves yet".formatted(pending));
    } else {
      new PendingConnection(socket);
    }
  }

  private void refuse(String why) {
    String line = refusals.refused(why, System.nanoTime());
    if (line != null) {
      LOG.warn("refused a connection to {}: {}", path.getFileName(), line);
    }
  }

  /** A connection whose peer has not said yet who it is. */
  private final class PendingConnection implements Connection.Listener {
    private final Connection connection;
    private final long timer;
    private boolean refused;
    private boolean undecided = true;

    PendingConnection(NetSocket socket) {
      connection = new Connection(socket, MAX_PENDING_FRAME, this);
      connections.add(connection);
      pending++;
      timer = vertx.setTimer(helloTimeout.toMillis(), late -> refuse("said no hello in time"));
    }

    @Override
    public void received(WorkerMessage first, Buffer body) {
      decide();
      try {
        admit(first);
      } catch (ProtocolException e) {
        refuse(String.valueOf(e.getMessage()));
      }
    }

    /** Counts as pending no more: the peer has introduced itself, or is gone. */
    private void decide() {
      vertx.cancelTimer(timer);
      if (undecided) {
        undecided = false;
        pending--;
      }
    }

    @Override
    public Intake announced(WorkerMessage message, int bodyBytes, boolean here) {
      return Intake.READ; // no frame of a peer that is not admitted is large
    }

    private void admit(WorkerMessage first) throws ProtocolException {
      if (!first.hasHello()) {
        throw new ProtocolException("the first message must be Hello: got " + first.getKindCase());
      }
      SocketPeer peer = SocketPeer.of(connection.socket());
      int user = peer.user().orElse(ownUid);
      if (user != ownUid) {
        throw new ProtocolException("the peer belongs to user " + user + ", not " + ownUid);
      }
      Hello hello = first.getHello();
      Handshake.Admission<ExpectedWorker> admission =
          handshake.admit(hello, peer.pid().isPresent() ? peer.pid().getAsLong() : null);
      connection.admit(
          new AdmittedConnection(connection, hello.getToken(), admission), limits.maxFrameBytes());
      connection.send(welcome(admission.protocol()), Buffer.buffer());
      admission.worker().opened(admission.channel(), connection);
    }

    private HostMessage welcome(int protocol) {
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
      if (!refused) {
        refused = true;
        WorkerAcceptor.this.refuse(why);
      }
    }

    @Override
    public void ended(LinkEnd end) {
      decide();
      connections.remove(connection);
      if (end.cause() == Cause.PROTOCOL) {
        count(end.message());
      } else if (end.cause() != Cause.CLOSED && connection.isWithinFrame()) {
        count("left amid its first frame");
      }
    }
  }

  /** A connection of an expected worker. */
  private final class AdmittedConnection implements Connection.Listener {
    private final Connection connection;
    private final String token;
    private final Channel channel;
    private final ExpectedWorker worker;

    AdmittedConnection(
        Connection connection, String token, Handshake.Admission<ExpectedWorker> admission) {
      this.connection = connection;
      this.token = token;
      this.channel = admission.channel();
      this.worker = admission.worker();
    }

    @Override
    public void received(WorkerMessage message, Buffer body) throws ProtocolException {
      worker.received(channel, message, body);
    }

    @Override
    public Intake announced(WorkerMessage message, int bodyBytes, boolean here)
        throws ProtocolException {
      return worker.announced(message, bodyBytes, here);
    }

    @Override
    public void ended(LinkEnd end) {
      connections.remove(connection);
      // What is left of its token must not open a connection that nobody waits for.
      handshake.forget(token);
      worker.ended(channel, end);
    }
  }
}
