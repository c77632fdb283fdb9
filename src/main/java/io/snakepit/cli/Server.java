package io.snakepit.cli;

import io.snakepit.config.SnakepitOptions;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A server that {@code serve} runs. For threads that may block, never an event loop: after its end
 * there is no event loop left that could complete anything.
 */
interface Server {
  /**
   * Starts the server, once. Fails with a message for people; nothing but {@link #stop} is left to
   * do then.
   */
  CompletableFuture<Void> start();

  /**
   * Returns the state of its pools, as in {@code GET /v1/pools}.
   *
   * @throws RuntimeException while that can't be told
   */
  JsonArray pools(Duration patience);

  /** Returns the URL where it listens; empty if it serves no HTTP. Once started. */
  String url();

  /**
   * Drains and stops the server, and returns when nothing is left.
   *
   * @throws java.util.concurrent.CompletionException if it failed or took longer than that
   */
  void stop(Duration patience);

  /** Factory of servers. */
  interface Factory {
    Server create(SnakepitOptions options);
  }
}
