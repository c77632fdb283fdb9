package io.snakepit.bus;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** Conversion of the event bus's failures into errors that tell why a pool did not answer. */
public final class BusFailures {
  private BusFailures() {}

  /** Returns the error that a command which has failed is answered with. */
  public static SnakepitException reply(Throwable failure) {
    return failure instanceof SnakepitException known
        ? known
        : new SnakepitException(ErrorCode.INTERNAL, String.valueOf(failure.getMessage()));
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
    return stopping
        ? new SnakepitException(ErrorCode.SHUTTING_DOWN, "pool " + pool + " has stopped")
        : new SnakepitException(
            ErrorCode.POOL_UNAVAILABLE, "pool " + pool + " is just being started anew");
  }
}
