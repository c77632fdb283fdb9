package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** A ticket together with the caller who waits for its answer. */
final class PendingCall extends Ticket {
  private final Promise<Result> promise = Promise.promise();

  PendingCall(Call call, String id, long acceptedAt) {
    super(call, id, acceptedAt);
  }

  Future<Result> future() {
    return promise.future();
  }

  void succeed(String contentType, Buffer body, String worker, long now) {
    promise.complete(new Result(id, contentType, body, worker, Duration.ofNanos(now - acceptedAt)));
  }

  void fail(SnakepitException failure, String pool) {
    promise.fail(failure.forCall(id, pool, call.session().isEmpty() ? null : call.session()));
  }
}
