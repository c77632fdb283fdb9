package io.snakepit.http;

import io.snakepit.api.CallExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancellation of one call whose client goes before it has its answer.
 *
 * <p>Streams are cancelled by their handles, other calls by their ids. Where several clients wait
 * for calls under the same id, which only ids of their own choice can be, nobody could tell whose
 * call a cancellation would hit: so while others wait, one that goes leaves its call to its
 * deadline, and the last to go cancels. Only clients of this door are known: a call under the same
 * id through another door, or another's that came in the very moment of the cancellation, may be
 * hit with it.
 */
final class CancelOnDisconnect {
  private static final Logger LOG = LoggerFactory.getLogger(CancelOnDisconnect.class);

  private final String call;
  private final Runnable cancel;
  private final @Nullable CallIds shared;
  private boolean waiting = true;

  /**
   * @param shared where others may wait under the same id; null: nobody else can be hit
   */
  private CancelOnDisconnect(String call, Runnable cancel, @Nullable CallIds shared) {
    this.call = call;
    this.cancel = cancel;
    this.shared = shared;
    if (shared != null) {
      shared.joined(call);
    }
  }

  /**
   * Makes one that cancels a call by its id.
   *
   * @param chosen whether the id is the client's choice
   */
  static CancelOnDisconnect byId(CallExecutor executor, CallIds ids, String call, boolean chosen) {
    return new CancelOnDisconnect(call, () -> executor.cancel(call), chosen ? ids : null);
  }

  /** Makes one that cancels a call by a handle of its own. */
  static CancelOnDisconnect byHandle(String call, Runnable cancel) {
    return new CancelOnDisconnect(call, cancel, null);
  }

  /** Notes that the call is over: there is nothing to cancel any more. */
  void served() {
    leave();
  }

  /** Cancels the call, since the client's connection has ended. */
  void gone() {
    if (leave()) {
      LOG.debug("call {} is cancelled: its client has gone", call);
      cancel.run();
    }
  }

  /** Ends the waiting; returns whether it lasted until now, and nobody else waits under the id. */
  private boolean leave() {
    boolean was = waiting;
    waiting = false;
    return was && (shared == null || shared.left(call));
  }
}
