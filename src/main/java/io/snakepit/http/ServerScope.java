package io.snakepit.http;

import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * All that the exchanges of one server share: connections, date, ids of calls and refusals, which
 * need a word once a second. On the server's event loop.
 */
record ServerScope(
    Vertx vertx, Connections connections, HttpDate date, CallIds callIds, Refusals refusals) {

  /** Milliseconds from one {@link #tick} to the next. */
  static final long TICK_MS = 1_000;

  /**
   * Makes what a new server needs.
   *
   * @param idleTimeoutMs for which a client may be quiet while it is its turn; 0: for ever
   */
  static ServerScope create(Vertx vertx, Clock clock, long idleTimeoutMs) {
    Refusals refusals = new Refusals();
    return new ServerScope(
        vertx,
        new Connections(idleTimeoutMs, refusals),
        new HttpDate(clock),
        new CallIds(),
        refusals);
  }

  /** Lets a second pass. */
  void tick() {
    refusals.tick();
    date.tick();
    connections.tick();
  }

  /** Runs an action once all that the event loop has at hand is done, on the same thread. */
  void atEndOfPass(Runnable action) {
    vertx.runOnContext(later -> action.run());
  }
}
