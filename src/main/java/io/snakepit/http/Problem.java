package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors as problem details (RFC 9457). */
final class Problem {
  private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

  private Problem() {}

  /**
   * Returns the error of a message that is at fault; the text names the part and the value seen.
   */
  static SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message);
  }

  /**
   * Turns whatever went wrong into an error of the closed list that names the call.
   *
   * @param call stands in the error if it names no call of its own
   */
  static SnakepitException explain(Throwable failure, String call) {
    if (failure instanceof SnakepitException known) {
      return known.call() != null ? known : known.forCall(call, known.pool(), known.session());
    }
    if (failure instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS) {
      return new SnakepitException(
              ErrorCode.POOL_UNAVAILABLE, "the host is starting or stopping: nobody can tell yet")
          .forCall(call, null, null);
    }
    if (failure instanceof StackOverflowError) {
      return Faults.explain(failure).forCall(call, null, null);
    }
    LOG.error("call {} failed by a fault of the host", call, failure);
    return new SnakepitException(
            ErrorCode.INTERNAL, "a fault of the host; its log tells more under the call's id")
        .forCall(call, null, null);
  }

  static Buffer body(SnakepitException error) {
    return error.toProblem().toBuffer();
  }
}
