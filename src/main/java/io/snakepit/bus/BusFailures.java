package io.snakepit.bus;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Conversion of the event bus's failures into errors that tell why a pool did not answer. */
public final class BusFailures {
  private static final Logger LOG = LoggerFactory.getLogger(BusFailures.class);

  private BusFailures() {}

  /**
   * Returns the error that a call or command which has failed is answered with. A fault of ours is
   * logged: what it says is for us, and may name what is none of the caller's business.
   */
  public static SnakepitException reply(Throwable failure) {
    SnakepitException error = Faults.explain(failure);
    if (error == failure || error.code() != ErrorCode.INTERNAL) {
      return error;
    }
    LOG.error("a call or command could not be answered by a fault of the host", failure);
    return new SnakepitException(ErrorCode.INTERNAL, "a fault of the host; its log tells more");
  }

  /**
   * Returns the failure itself if it is the pool's own, else an error that explains it.
   *
   * @param stopping whether the pool is missing because all is being stopped
   */
  public static SnakepitException explain(Throwable failure, String pool, boolean stopping) {
    if (failure instanceof SnakepitException known) {
      return known;
    }
    boolean gone =
        failure instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS;
    if (!gone) {
      return new SnakepitException(
          ErrorCode.INTERNAL, "pool %s did not answer: %s".formatted(pool, failure.getMessage()));
    }
    return missing(pool, stopping);
  }

  /** Returns the error of a pool that is not there, or not yet. */
  static SnakepitException missing(String pool, boolean stopping) {
    return stopping
        ? new SnakepitException(ErrorCode.SHUTTING_DOWN, "pool " + pool + " has stopped")
        : new SnakepitException(
            ErrorCode.POOL_UNAVAILABLE, "pool " + pool + " is just being started anew");
  }
}
