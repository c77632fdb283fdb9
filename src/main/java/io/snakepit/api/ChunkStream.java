package io.snakepit.api;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a call, piece by piece, as the tool yields it. Chunks come once there is a handler
 * for them; one that {@linkplain #pause pauses} stops the Python generator once the pool's {@code
 * stream} window is full, and nothing beyond that is held anywhere.
 *
 * <p>The last thing that a stream tells is always its end: by the end handler, or, if it failed or
 * was cancelled, by the exception handler; {@link #end} tells either. Chunks that a tool has
 * yielded before it failed, or its worker died, come before that. A handler that throws cancels the
 * stream.
 *
 * <p>Handlers are called on the context of who asked for the stream. Any thread may call any
 * method. A handler for the end that is set too late is called at once.
 */
public interface ChunkStream extends ReadStream<Chunk> {

  /**
   * Cancels the stream: no chunk comes after this, the generator is closed, and the worker goes on
   * to its next call. The stream ends with {@link ErrorCode#CANCELLED}; one that has ended stays as
   * it is.
   */
  void cancel();

  /**
   * Returns how the stream ended.
   *
   * @return fails with a {@link SnakepitException}; not before all chunks have been taken
   */
  Future<StreamEnd> end();

  /** {@inheritDoc} The error is a {@link SnakepitException}, and the last that is told. */
  @Override
  ChunkStream exceptionHandler(@Nullable Handler<Throwable> handler);

  @Override
  ChunkStream handler(@Nullable Handler<Chunk> handler);

  @Override
  ChunkStream pause();

  @Override
  ChunkStream resume();

  @Override
  ChunkStream fetch(long amount);

  @Override
  ChunkStream endHandler(@Nullable Handler<Void> endHandler);
}
