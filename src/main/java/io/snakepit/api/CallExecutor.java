package io.snakepit.api;

import io.snakepit.api.waiting.ByteAccount;
import io.vertx.core.Future;

/** Executor of calls: all that a door, such as HTTP, needs to know of the host behind it. */
public interface CallExecutor {

  /**
   * Runs a call. Never throws.
   *
   * @return completes on the caller's context, exactly once; fails with a {@link SnakepitException}
   */
  Future<Result> execute(Call call);

  /**
   * Runs a call whose answer comes in pieces. Never throws: what is wrong ends the stream.
   *
   * <p>A tool that is no generator answers with one chunk. The call begins at once, whether there
   * is a handler yet or not.
   *
   * @return to be read on the caller's context
   */
  ChunkStream stream(Call call);

  /**
   * Returns whether a tool reads its arguments as they arrive, so that it should get them by {@link
   * Call#upload}. Any thread; only a hint, since the answer is that of the workers there are now: a
   * tool gets along with either.
   *
   * @param pool empty: the default pool
   */
  boolean takesUpload(String pool, String tool);

  /**
   * Returns the account that counts the bodies which wait for a pool, for doors that read them. Any
   * thread.
   *
   * @param pool empty: not known yet, so the default pool or the first one
   * @throws SnakepitException {@code POOL_NOT_FOUND}, or {@code POOL_UNAVAILABLE} before the start
   */
  ByteAccount bodies(String pool);

  /**
   * Returns how long the answer of a stream that yields nothing waits to begin, in milliseconds:
   * until then an error has its own status. Any thread.
   *
   * @param pool empty: the default pool; of one that there is not, any time will do
   */
  long streamHeadAfterMs(String pool);

  /**
   * Cancels a call that is queued or running: its caller is answered {@link ErrorCode#CANCELLED} at
   * once, and Python is interrupted. Never throws; any thread.
   *
   * @param callId as given by {@link Call#id(String)}
   * @return whether such a call was under way
   */
  Future<Boolean> cancel(String callId);
}
