package io.snakepit.bus;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** Says in a code of ours why the event bus brought no answer of a pool. */
public final class BusFailures {
  private BusFailures() {}

  /**
   * The failure itself if it is the pool's own.
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
