package io.snakepit.worker;

import io.snakepit.bus.RecordKind;
import io.snakepit.config.PoolOptions;
import io.snakepit.process.NuProcessLauncher;
import io.snakepit.process.Watchdog;
import io.snakepit.process.WatchdogOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * A pool's watchdog, where it is configured to have one: on record as long as it runs. On the
 * pool's event loop.
 */
final class PoolWatchdog {
  private final RegistryClient registry;
  private final String name;
  private final @Nullable Watchdog watchdog;

  private PoolWatchdog(RegistryClient registry, String name, @Nullable Watchdog watchdog) {
    this.registry = registry;
    this.name = name;
    this.watchdog = watchdog;
  }

  /** Returns the watchdog of a pool that has none. */
  static PoolWatchdog none(RegistryClient registry) {
    return new PoolWatchdog(registry, "", null);
  }

  /** Starts a watchdog, if the pool wants one. */
  static Future<PoolWatchdog> start(
      Vertx vertx, NurserySettings settings, RegistryClient registry) {
    String name = settings.pool() + ".watchdog";
    PoolOptions.Watchdog wanted = settings.options().watchdog();
    if (!wanted.enabled()) {
      return Future.succeededFuture(none(registry));
    }
    WatchdogOptions options =
        new WatchdogOptions(
            settings.pool(),
            settings.run().id(),
            settings.run().instance(),
            settings.run().directory(),
            settings.environment(),
            wanted.intervalMs(),
            wanted.graceMs());
    return registry
        .reserve(name, RecordKind.WATCHDOG)
        .compose(
            reserved ->
                Watchdog.start(
                    vertx,
                    options,
                    new NuProcessLauncher(),
                    pid -> registry.activate(name, pid, 0)))
        .map(started -> new PoolWatchdog(registry, name, started));
  }

  /** Ends the watchdog. Completes when it is gone. */
  Future<Void> stop() {
    return watchdog == null
        ? Future.succeededFuture()
        : watchdog.stop().compose(gone -> registry.release(name));
  }
}
