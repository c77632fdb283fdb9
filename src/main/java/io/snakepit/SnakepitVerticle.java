package io.snakepit;

import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/**
 * {@link Snakepit} as one verticle: {@code vertx.deployVerticle(new SnakepitVerticle(options))}.
 * The deployment succeeds once every required pool is ready; undeploying drains and stops. Others
 * reach it over the event bus, at {@link io.snakepit.bus.Addresses#EXECUTE}.
 */
public final class SnakepitVerticle extends VerticleBase {
  private final SnakepitOptions options;
  private @Nullable Snakepit snakepit;

  public SnakepitVerticle(SnakepitOptions options) {
    this.options = options;
  }

  @Override
  public Future<?> start() {
    Snakepit created = Snakepit.create(vertx, options);
    snakepit = created;
    return created.start();
  }

  @Override
  public Future<?> stop() {
    return snakepit == null ? Future.succeededFuture() : snakepit.stop();
  }
}
