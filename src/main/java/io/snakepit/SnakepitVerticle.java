package io.snakepit;

import io.snakepit.config.OptionsLoader;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Snakepit} as one verticle: {@code vertx.deployVerticle(new SnakepitVerticle(options))}, or
 * by name with the configuration as its {@code config()}:
 *
 * <pre>{@code
 * JsonObject config = new JsonObject().put("configFile", "conf/snakepit.yaml");
 * vertx.deployVerticle("io.snakepit.SnakepitVerticle", new DeploymentOptions().setConfig(config));
 * }</pre>
 *
 * <p>The deployment succeeds once every required pool is ready; undeploying drains and stops.
 * Others reach it over the event bus, at {@link io.snakepit.bus.Addresses#EXECUTE}. One Vert.x has
 * room for one instance.
 */
public final class SnakepitVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SnakepitVerticle.class);

  private final @Nullable SnakepitOptions options;
  private @Nullable Snakepit snakepit;
  private boolean exitOnOutOfMemory;

  /**
   * Makes a verticle that reads its options from {@code config()}: the keys of a configuration
   * file, as JSON. The key {@code configFile} names such a file in YAML, which {@code SNAKEPIT_…}
   * variables override; what else {@code config()} says overrides both, key by key. A wrong
   * configuration fails the deployment with an {@link io.snakepit.config.InvalidOptionsException}
   * that names every fault.
   */
  public SnakepitVerticle() {
    this.options = null;
  }

  /** Makes a verticle with these options; it does not read its {@code config()}. */
  public SnakepitVerticle(SnakepitOptions options) {
    this.options = Snakepit.given(options, "options");
  }

  /**
   * Sets whether the JVM ends at once when it runs out of memory, as {@link
   * Snakepit#exitOnOutOfMemory} has it. Before the deployment.
   */
  public SnakepitVerticle exitOnOutOfMemory(boolean yes) {
    exitOnOutOfMemory = yes;
    return this;
  }

  @Override
  public Future<?> start() {
    SnakepitOptions known = options;
    return known == null ? vertx.executeBlocking(this::read).compose(this::start) : start(known);
  }

  private SnakepitOptions read() throws Exception {
    OptionsLoader.Loaded loaded = new OptionsLoader().deployed(config(), System.getenv()).load();
    loaded.warnings().forEach(LOG::warn);
    return loaded.options();
  }

  private Future<Snakepit> start(SnakepitOptions read) {
    Snakepit created = Snakepit.create(vertx, read).exitOnOutOfMemory(exitOnOutOfMemory);
    snakepit = created;
    return created.start();
  }

  @Override
  public Future<?> stop() {
    return snakepit == null ? Future.succeededFuture() : snakepit.stop();
  }
}
