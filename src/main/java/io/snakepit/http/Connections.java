package io.snakepit.http;

import io.snakepit.vertx.HttpInternals;
import io.snakepit.vertx.RequestFraming;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Table of a server's connections, looked over once a second, so that none needs a timer of its
 * own. Connections are closed whose client has been quiet for too long while it is its turn: before
 * a request's head is whole, within a body, or between requests, or with an answer that it doesn't
 * take: then after {@link ClientConnection#MAX_UNTAKEN_SECONDS}, if it takes nothing. A call that
 * runs is never quiet. A body has to come at a least rate as well, so that no client can hold on to
 * it with a byte now and then. On the server's event loop.
 */
final class Connections {
  private final IdentityHashMap<Object, ClientConnection> clients = new IdentityHashMap<>();
  private final int idleSeconds;
  private final Refusals refusals;
  private volatile boolean closing;

  /**
   * @param idleTimeoutMs for which a client may be quiet while it is its turn; 0: for ever
   */
  Connections(long idleTimeoutMs, Refusals refusals) {
    this.idleSeconds = (int) ((idleTimeoutMs + 999) / 1000);
    this.refusals = refusals;
  }

  /** Takes a connection up, until it ends. */
  void opened(HttpConnection connection) {
    HttpInternals.readInTurns(connection);
    HttpInternals.guardFraming(
        connection, new RequestFraming(Limits.FIRST_LINE_BYTES, Limits.HEADERS_BYTES));
    open(connection);
    connection.closeHandler(closed -> closed(connection));
  }

  private ClientConnection open(HttpConnection connection) {
    return opened(
        connection,
        () -> HttpInternals.abort(connection),
        () -> HttpInternals.sinceSentMs(connection));
  }

  ClientConnection opened(Object connection, Runnable closer, LongSupplier sinceSentMs) {
    ClientConnection client = new ClientConnection(closer, sinceSentMs, idleSeconds, refusals);
    clients.put(connection, client);
    return client;
  }

  /** Forgets a connection that has ended, whoever ended it, and cancels its client's call. */
  private void closed(Object connection) {
    ClientConnection client = clients.remove(connection);
    if (client != null) {
      client.gone();
    }
  }

  /** Returns the state of a connection. */
  ClientConnection of(HttpConnection connection) {
    ClientConnection known = clients.get(connection);
    return known == null ? open(connection) : known;
  }

  /** Returns how many connections there are. */
  int count() {
    return clients.size();
  }

  /** Looks over all connections: a second has passed. */
  void tick() {
    // What is to be done may close connections, which takes them from the map.
    List<Runnable> actions = new ArrayList<>();
    for (ClientConnection client : clients.values()) {
      Runnable action = client.tick();
      if (action != null) {
        actions.add(action);
      }
    }
    actions.forEach(Runnable::run);
  }

  /** Makes each answer its connection's last from now on. Any thread. */
  void close() {
    closing = true;
  }

  /** Returns whether each answer is its connection's last. */
  boolean isClosing() {
    return closing;
  }
}
