package io.snakepit.cli;

import io.snakepit.Snakepit;
import io.snakepit.bus.PoolClient;
import io.snakepit.config.HttpOptions;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link Snakepit} with a Vert.x of its own. */
final class SnakepitServer implements Server {
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final Snakepit snakepit;
  private final HttpOptions http;
  private final PoolClient asked;

  SnakepitServer(SnakepitOptions options) {
    vertx = Vertx.builder().with(vertxOptions()).build();
    snakepit = Snakepit.create(vertx, options).exitOnOutOfMemory(true);
    http = options.http();
    asked = new PoolClient(vertx.eventBus(), () -> false);
  }

  /**
   * Returns options without Vert.x's cache of class path files: a folder in /tmp, which a killed
   * host leaves.
   */
  static VertxOptions vertxOptions() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setClassPathResolvingEnabled(false)
                .setFileCachingEnabled(false));
  }

  @Override
  public CompletableFuture<Void> start() {
    return snakepit.start().<Void>mapEmpty().toCompletionStage().toCompletableFuture();
  }

  @Override
  public JsonArray pools(Duration patience) {
    return await(asked.pools(), patience);
  }

  @Override
  public String url() {
    if (!http.enabled()) {
      return "";
    }
    String host = http.host().contains(":") ? "[" + http.host() + "]" : http.host();
    return "http://" + host + ":" + snakepit.httpPort();
  }

  @Override
  public void stop(Duration patience) {
    try {
      await(snakepit.stop(), patience);
    } finally {
      await(vertx.close(), CLOSE_PATIENCE);
    }
  }

  private static <T> T await(Future<T> future, Duration patience) {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }
}
