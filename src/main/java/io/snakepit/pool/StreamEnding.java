package io.snakepit.pool;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream, and who is told of it: its future and each of its handlers, once. For one
 * thread at a time, but for {@link #future}.
 */
final class StreamEnding {
  private final Promise<StreamEnd> promise;
  private boolean told;
  private @Nullable StreamEnd ended;
  private @Nullable SnakepitException failure;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;

  StreamEnding(Promise<StreamEnd> promise) {
    this.promise = promise;
  }

  Future<StreamEnd> future() {
    return promise.future();
  }

  boolean isOver() {
    return ended != null || failure != null;
  }

  /** Ends the stream well. Only if it is not over. */
  void finish(StreamEnd how) {
    ended = how;
  }

  /** Ends the stream with a failure. Only if it is not over. */
  void fail(SnakepitException why) {
    failure = why;
  }

  void onEnd(@Nullable Handler<Void> handler) {
    endHandler = handler;
  }

  void onFailure(@Nullable Handler<Throwable> handler) {
    exceptionHandler = handler;
  }

  /**
   * Returns what is to be told of the end, once; handlers that are not there yet are told when they
   * are.
   */
  Runnable lastWord() {
    StreamEnd how = ended;
    SnakepitException why = failure;
    if (how == null && why == null) {
      return StreamEnding::nothing;
    }
    boolean first = !told;
    told = true;
    Handler<Void> onEnd = endHandler;
    Handler<Throwable> onFailure = exceptionHandler;
    endHandler = null;
    exceptionHandler = null;
    return () -> {
      if (first) {
        settle(how, why);
      }
      if (how != null && onEnd != null) {
        onEnd.handle(null);
      } else if (why != null && onFailure != null) {
        onFailure.handle(why);
      }
    };
  }

  private static void nothing() {}

  private void settle(@Nullable StreamEnd how, @Nullable SnakepitException why) {
    if (how != null) {
      promise.complete(how);
    } else {
      promise.fail(requireNonNull(why));
    }
  }
}
