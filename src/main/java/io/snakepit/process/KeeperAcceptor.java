package io.snakepit.process;

import io.snakepit.process.KeeperEvent.Hello;
import io.snakepit.process.ProcessTable.Entry;
import io.snakepit.vertx.SocketPeer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket at which one keeper attaches. It admits a peer that shows the token, is the
 * process that was launched or a child of it, and belongs to our user; then it is closed and
 * removed. For the event loop that has opened it.
 */
final class KeeperAcceptor {
  private static final Logger LOG = LoggerFactory.getLogger(KeeperAcceptor.class);

  /** The time for which the admitted connection may outlive its acceptor: for ever. */
  private static final long FOREVER_DAYS = 36_500;

  private static final long HELLO_TIMEOUT_MS = 5_000;

  private final Vertx vertx;
  private final Path path;
  private final String token;
  private final NetServer server;
  private final Promise<Long> expected = Promise.promise();
  private final Promise<Admission> admitted = Promise.promise();

  /**
   * A connection whose peer has shown that it is the keeper.
   *
   * @param process the keeper's own, which is below its guard
   */
  record Admission(KeeperConnection connection, Hello hello, Entry process) {}

  private KeeperAcceptor(Vertx vertx, Path path, String token) {
    this.vertx = vertx;
    this.path = path;
    this.token = token;
    this.server = vertx.createNetServer();
    server.connectHandler(PendingConnection::new);
  }

  /** Opens an acceptor; replaces a socket that is there from earlier. */
  static Future<KeeperAcceptor> open(Vertx vertx, Path path, String token) {
    KeeperAcceptor acceptor = new KeeperAcceptor(vertx, path, token);
    return vertx
        .executeBlocking(() -> Files.deleteIfExists(path), false)
        .compose(
            clear -> acceptor.server.listen(SocketAddress.domainSocketAddress(path.toString())))
        .map(acceptor);
  }

  /** Tells which process may attach, or a child of it; until this is known, none does. */
  void expect(long pid) {
    expected.complete(pid);
  }

  /**
   * Completes when the keeper has attached. What it says is held back until its connection gets
   * another listener.
   */
  Future<Admission> admitted() {
    return admitted.future();
  }

  /** Admits nobody any more and removes the socket; a connection that was admitted stays open. */
  Future<Void> close() {
    server.shutdown(FOREVER_DAYS, TimeUnit.DAYS);
    return vertx.executeBlocking(() -> Files.deleteIfExists(path), false).mapEmpty();
  }

  /** A connection whose peer has not shown yet who it is. */
  private final class PendingConnection implements KeeperConnection.Listener {
    private final KeeperConnection connection;
    private final long timer;
    private boolean introduced;

    PendingConnection(NetSocket socket) {
      connection = new KeeperConnection(socket, this);
      timer = vertx.setTimer(HELLO_TIMEOUT_MS, late -> connection.close("said no hello in time"));
    }

    @Override
    public void said(KeeperEvent event) {
      vertx.cancelTimer(timer);
      if (introduced || !(event instanceof Hello hello)) {
        connection.close("the first frame, and no other, must be hello: got " + event);
        return;
      }
      introduced = true;
      connection.pause();
      SocketPeer peer = SocketPeer.of(connection.socket()); // of one that has gone nothing is known
      expected.future().onSuccess(launched -> look(hello, peer, launched));
    }

    /** Looks at the process that has introduced itself; in the order in which they do. */
    private void look(Hello hello, SocketPeer peer, long launched) {
      vertx
          .executeBlocking(() -> Optional.ofNullable(ProcessTable.system().read(hello.pid())), true)
          .onSuccess(found -> judge(hello, peer, launched, found.orElse(null)));
    }

    private void judge(Hello hello, SocketPeer peer, long launched, @Nullable Entry process) {
      String fault = fault(hello, launched, process, peer);
      if (process != null
          && fault.isEmpty()
          && admitted.tryComplete(new Admission(connection, hello, process))) {
        return;
      }
      connection.close(fault.isEmpty() ? "somebody is inside already" : fault);
    }

    @Override
    public void left(String complaint) {
      vertx.cancelTimer(timer);
      if (!complaint.isEmpty()) {
        LOG.warn("refused a connection to {}: {}", path.getFileName(), complaint);
      }
    }
  }

  /** Returns why a peer may not be admitted; empty if it may. */
  private String fault(Hello hello, long launched, @Nullable Entry process, SocketPeer peer) {
    if (!MessageDigest.isEqual(bytes(hello.token()), bytes(token))) {
      return "the token is unknown";
    }
    if (!peer.mayBe(Signals.ownUser(), hello.pid())) {
      return "the peer is %s, not process %d of ours".formatted(peer, hello.pid());
    }
    boolean ours = process != null && (process.pid() == launched || process.parent() == launched);
    return ours ? "" : "process %d is not below process %d".formatted(hello.pid(), launched);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
