package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.pool.machine.Flow;
import io.snakepit.pool.machine.StreamConsumer;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A caller who takes the answer to his call in pieces. How the call has ended is kept until the
 * machine says that he has all of them. On the pool's event loop.
 */
final class PendingStream extends UploadingCaller implements StreamConsumer {
  private final String id;
  private final long acceptedAt;
  private final Flow flow;
  private final CallStream stream;
  private @Nullable SnakepitException failure;

  /**
   * @param id the call's id
   * @param acceptedAt when the call was made, in nanoseconds of {@code System.nanoTime}
   * @param home the pool's context
   */
  PendingStream(Call call, String id, long acceptedAt, Flow flow, Context home, CallStream stream) {
    super(call, home);
    this.id = id;
    this.acceptedAt = acceptedAt;
    this.flow = flow;
    this.stream = stream;
  }

  @Override
  public void pass(Chunk chunk) {
    stream.push(chunk);
  }

  @Override
  public void hurry() {
    stream.hurry();
  }

  @Override
  public void succeed(String contentType, Buffer body, String worker, long now) {
    closeUpload();
    stream.hurry();
  }

  @Override
  public void answerFailure(SnakepitException why) {
    hold(why);
  }

  @Override
  public void hold(SnakepitException why) {
    closeUpload();
    failure = why;
    stream.hurry();
  }

  @Override
  public void finish() {
    if (failure != null) {
      stream.fail(failure);
    } else {
      Duration duration = Duration.ofNanos(System.nanoTime() - acceptedAt);
      stream.finish(new StreamEnd(id, flow.worker, duration, flow.chunks));
    }
  }

  @Override
  public void fail(SnakepitException why) {
    closeUpload();
    stream.fail(why);
  }
}
