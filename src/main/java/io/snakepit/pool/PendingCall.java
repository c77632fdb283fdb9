package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.pool.machine.Flow;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.worker.Worker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A ticket together with the caller who waits for its answer. */
class PendingCall extends Ticket {
  private final Promise<Result> promise = Promise.promise();
  private final @Nullable Upload upload;

  /**
   * @param home the pool's context
   */
  PendingCall(Call call, String id, long acceptedAt, Context home) {
    this(call, id, acceptedAt, null, home);
  }

  PendingCall(Call call, String id, long acceptedAt, @Nullable Flow flow, Context home) {
    super(call, id, acceptedAt, flow);
    this.upload = call.upload() == null ? null : new Upload(call, home);
  }

  Future<Result> future() {
    return promise.future();
  }

  /** Its arguments are to go to that worker as they come, so many bytes at a time. */
  void upload(Worker worker, long windowBytes, Runnable broken) {
    if (upload != null) {
      upload.begin((bytes, last) -> worker.part(sequence, bytes, last), windowBytes, broken);
    }
  }

  /**
   * The worker has taken so much of its arguments.
   *
   * @return whether it had got as much
   */
  boolean argumentsTaken(long bytes) {
    return upload == null || upload.taken(bytes);
  }

  void succeed(String contentType, Buffer body, String worker, long now) {
    closeUpload();
    promise.complete(new Result(id, contentType, body, worker, Duration.ofNanos(now - acceptedAt)));
  }

  /** Its worker has answered with a failure. */
  void answerFailure(SnakepitException failure, String pool) {
    fail(failure, pool);
  }

  /** It has failed, and the caller is told now. */
  void fail(SnakepitException failure, String pool) {
    closeUpload();
    promise.fail(named(failure, pool));
  }

  SnakepitException named(SnakepitException failure, String pool) {
    return failure.forCall(id, pool, call.session().isEmpty() ? null : call.session());
  }

  /** Nobody needs the rest of the arguments. */
  void closeUpload() {
    if (upload != null) {
      upload.close();
    }
  }
}
