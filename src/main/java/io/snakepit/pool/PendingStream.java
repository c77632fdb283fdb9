package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.pool.machine.Flow;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A ticket together with the consumer of its chunks. How the call has ended is kept until the
 * machine says that the consumer has all of them. On the pool's event loop.
 */
final class PendingStream extends PendingCall {
  private final CallStream stream;
  private final Flow own;
  private @Nullable SnakepitException failure;

  PendingStream(Call call, String id, long acceptedAt, Flow flow, Context home, CallStream stream) {
    super(call, id, acceptedAt, flow, home);
    this.own = flow;
    this.stream = stream;
  }

  /** A piece of the answer, for which there is room. */
  void pass(Chunk chunk) {
    stream.push(chunk);
  }

  /** The machine waits for what the consumer takes. */
  void hurry() {
    stream.hurry();
  }

  @Override
  void succeed(String contentType, Buffer body, String worker, long now) {
    closeUpload();
    stream.hurry();
  }

  @Override
  void answerFailure(SnakepitException why, String pool) {
    hold(why, pool);
  }

  /** The call has failed, which is told behind its chunks. */
  void hold(SnakepitException why, String pool) {
    closeUpload();
    failure = named(why, pool);
    stream.hurry();
  }

  /** All chunks have been taken. */
  void finish() {
    if (failure != null) {
      stream.fail(failure);
    } else {
      Duration duration = Duration.ofNanos(System.nanoTime() - acceptedAt);
      stream.finish(new StreamEnd(id, own.worker, duration, own.chunks));
    }
  }

  @Override
  void fail(SnakepitException why, String pool) {
    closeUpload();
    stream.fail(named(why, pool));
  }
}
