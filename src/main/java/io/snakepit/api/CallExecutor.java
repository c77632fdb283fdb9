package io.snakepit.api;

import io.vertx.core.Future;

/** Runs calls, and cancels them. What a door needs to know of everything behind it. */
public interface CallExecutor {

  /**
   * Runs a call. Never throws.
   *
   * @return completes on the caller's context, exactly once; fails with a {@link SnakepitException}
   */
  Future<Result> execute(Call call);

  /**
   * Cancels a call that is queued or running: its caller is answered {@link ErrorCode#CANCELLED} at
   * once, and Python is interrupted. Never throws; any thread.
   *
   * @param callId as given by {@link Call#id(String)}
   * @return whether such a call was under way
   */
  Future<Boolean> cancel(String callId);
}
