package io.snakepit.api;

import io.vertx.core.Future;

/** Runs calls. What a door needs to know of everything behind it. */
@FunctionalInterface
public interface CallExecutor {

  /**
   * Runs a call. Never throws.
   *
   * @return completes on the caller's context, exactly once; fails with a {@link SnakepitException}
   */
  Future<Result> execute(Call call);
}
