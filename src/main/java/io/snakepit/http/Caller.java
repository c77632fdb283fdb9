package io.snakepit.http;

import io.snakepit.api.CallExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that waits for the answer of one call, and cancels it if it goes before that.
 *
 * <p>Calls are cancelled by their ids. Where several clients wait for calls under the same id,
 * which only ids of their own choice can be, nobody could tell whose call a cancellation would hit:
 * so while others wait, one that goes leaves its call to its deadline, and the last to go cancels.
 * Only clients of this door are known: a call under the same id through another door, or another's
 * that came in the very moment of the cancellation, may be hit with it.
 */
final class Caller {
  private static final Logger LOG = LoggerFactory.getLogger(Caller.class);

  private final CallExecutor executor;
  private final CallIds ids;
  private final String call;
  private final boolean chosen;
  private boolean waiting = true;

  /**
   * @param chosen whether the id is the client's choice
   */
  Caller(CallExecutor executor, CallIds ids, String call, boolean chosen) {
    this.executor = executor;
    this.ids = ids;
    this.call = call;
    this.chosen = chosen;
    if (chosen) {
      ids.joined(call);
    }
  }

  /** The call is over: there is nothing to cancel any more. */
  void served() {
    leave();
  }

  /** The client's connection has ended. */
  void gone() {
    if (leave()) {
      LOG.debug("call {} is cancelled: its client has gone", call);
      executor.cancel(call);
    }
  }

  /** Whether it waited until now, and nobody else does under the same id. */
  private boolean leave() {
    boolean was = waiting;
    waiting = false;
    return was && (!chosen || ids.left(call));
  }
}
