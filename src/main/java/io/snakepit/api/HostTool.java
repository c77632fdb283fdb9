package io.snakepit.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * A tool of the host that running Python can call, by {@code ctx.call_host}. Called on the event
 * loop of the pool that the caller belongs to, so it must not block.
 */
@FunctionalInterface
public interface HostTool {

  /**
   * Answers a call.
   *
   * @return anything that JSON can express; a failure is raised in Python, a {@link
   *     SnakepitException} with its code
   */
  Future<?> call(JsonObject args);
}
