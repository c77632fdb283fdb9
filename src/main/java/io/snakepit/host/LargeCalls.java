package io.snakepit.host;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.RejectedExecutionException;

/**
 * Admission of calls whose arguments are large. They are counted until they are written to a
 * worker; those that are no bytes yet are written off the event loop, which has others to serve.
 * Any thread may call it.
 */
final class LargeCalls {
  private final Vertx vertx;

  LargeCalls(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Returns whether a call is one whose arguments have still to be counted. */
  static boolean isUncounted(Call call) {
    return call.waiting() == null && call.isOver(ByteBudget.SMALL_BYTES);
  }

  /**
   * Counts a call's arguments.
   *
   * @return the call with a body that is counted; or one to be refused, if there is no room
   */
  Future<Call> admit(Call call, ByteAccount bodies) {
    if (!call.isUnwritten()) {
      return Future.succeededFuture(counted(call, bodies));
    }
    try {
      return vertx
          .executeBlocking(() -> counted(call, bodies), false)
          .onFailure(Faults::throwIfFatal);
    } catch (RejectedExecutionException stopped) {
      return Future.failedFuture(
          new SnakepitException(ErrorCode.SHUTTING_DOWN, "the host has stopped"));
    }
  }

  private static Call counted(Call call, ByteAccount bodies) {
    long weight = call.weight();
    ByteLease lease = bodies.take(weight);
    if (lease == null) {
      return call.overBudget(bodies.noRoomFor(weight));
    }
    try {
      Buffer written = call.writtenAnew();
      lease.set(written.length());
      return call.body(new WaitingBody(written, lease), call.contentType());
    } catch (Throwable unwritable) {
      lease.release();
      throw unwritable;
    }
  }
}
