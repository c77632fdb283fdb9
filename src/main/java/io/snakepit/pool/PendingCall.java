package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Faults;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A caller who waits for the whole answer to his call. On the pool's event loop. */
final class PendingCall extends UploadingCaller {
  private static final Logger LOG = LoggerFactory.getLogger(PendingCall.class);

  private final String id;
  private final long acceptedAt;
  private final Promise<Result> promise = Promise.promise();

  /**
   * @param id the call's id
   * @param acceptedAt when the call was made, in nanoseconds of {@code System.nanoTime}
   * @param home the pool's context
   */
  PendingCall(Call call, String id, long acceptedAt, Context home) {
    super(call, home);
    this.id = id;
    this.acceptedAt = acceptedAt;
  }

  Future<Result> future() {
    return promise.future();
  }

  @Override
  public void succeed(String contentType, Buffer body, String worker, long now) {
    closeUpload();
    Duration duration = Duration.ofNanos(now - acceptedAt);
    try {
      promise.complete(new Result(id, contentType, body, worker, duration));
    } catch (Throwable thrown) {
      blameCaller(thrown);
    }
  }

  @Override
  public void answerFailure(SnakepitException failure) {
    fail(failure);
  }

  @Override
  public void fail(SnakepitException failure) {
    closeUpload();
    try {
      promise.fail(failure);
    } catch (Throwable thrown) {
      blameCaller(thrown);
    }
  }

  /**
   * Takes what a handler of the caller's has thrown, which runs on this thread: the pool has done
   * its part, and the calls of others go on.
   */
  private void blameCaller(Throwable thrown) {
    Faults.throwIfFatal(thrown);
    LOG.error("call {} was answered, and a handler of its caller's has failed", id, thrown);
  }
}
