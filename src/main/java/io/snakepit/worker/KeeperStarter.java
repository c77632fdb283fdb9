package io.snakepit.worker;

import io.snakepit.config.PoolOptions;
import io.snakepit.process.Interpreter;
import io.snakepit.process.Keeper;
import io.snakepit.process.KeeperListener;
import io.snakepit.process.KeeperOptions;
import io.snakepit.process.NuProcessLauncher;
import io.snakepit.process.ProcessLauncher;
import io.snakepit.process.StartMethod;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A starter of a pool's keeper, also for the second time. Knows the interpreter, which is looked
 * for once.
 */
final class KeeperStarter implements KeeperSource {
  private final KeeperOptions options;

  private KeeperStarter(KeeperOptions options) {
    this.options = options;
  }

  /**
   * Finds the interpreter, on a worker thread.
   *
   * @return fails with an exception that names the path and the setting
   */
  static Future<KeeperStarter> prepare(Vertx vertx, NurserySettings settings) {
    ProcessLauncher launcher = new NuProcessLauncher();
    Path home = Path.of("").toAbsolutePath();
    Interpreter.Search search =
        new Interpreter.Search(
            settings.pool(), settings.options().python(), home, settings.environment());
    return vertx
        .executeBlocking(() -> Interpreter.find(search, launcher), false)
        .map(found -> new KeeperStarter(options(settings, found, home, launcher)));
  }

  private static KeeperOptions.Limits limits(PoolOptions pool) {
    int processors = Runtime.getRuntime().availableProcessors();
    double cpus = pool.limits().cpus();
    int threads = pool.threadsPerWorker().each(processors, pool.size().max(), cpus);
    return new KeeperOptions.Limits(pool.limits().memoryBytes(), cpus, threads);
  }

  private static KeeperOptions options(
      NurserySettings settings, Interpreter interpreter, Path home, ProcessLauncher launcher) {
    PoolOptions pool = settings.options();
    return new KeeperOptions(
        interpreter.executable(),
        settings.run().library(),
        settings.run().directory().resolve(settings.pool() + ".keeper.sock"),
        home,
        environment(settings),
        new KeeperOptions.Workers(
            settings.pool(),
            StartMethod.valueOf(pool.startMethod().name()),
            new KeeperOptions.Code(pool.adapter(), pool.preload(), pool.pythonPath()),
            settings.run().directory().resolve(settings.pool() + ".sock"),
            pool.onUnserializable().name().toLowerCase(Locale.ROOT),
            pool.heartbeat().enabled() ? pool.heartbeat().silenceMs() : 0,
            limits(pool),
            new KeeperOptions.Calls(
                pool.profile().name().toLowerCase(Locale.ROOT),
                pool.concurrency(),
                pool.recycle().maxMemoryBytes() > 0,
                pool.cancelGraceMs())),
        launcher,
        KeeperOptions.Timeouts.DEFAULT.withEnd(Duration.ofMillis(pool.shutdown().termGraceMs())));
  }

  /** Returns the host's environment, the pool's, and the marks by which its processes are known. */
  private static Map<String, String> environment(NurserySettings settings) {
    Map<String, String> environment = new HashMap<>(settings.environment());
    environment.putAll(settings.options().env());
    environment.put(KeeperOptions.RUN_MARK, settings.run().id());
    environment.put(KeeperOptions.INSTANCE_MARK, settings.run().instance());
    environment.put(KeeperOptions.POOL_MARK, settings.pool());
    environment.remove(KeeperOptions.WORKER_MARK);
    return environment;
  }

  @Override
  public Path workerSocket() {
    return options.workers().socket();
  }

  @Override
  public Future<Keeper> start(Vertx vertx, KeeperListener listener) {
    return Keeper.start(vertx, options, listener);
  }

  @Override
  public Future<Void> cleanUp(Vertx vertx) {
    return vertx.executeBlocking(
        () -> {
          Files.deleteIfExists(options.socket());
          Files.deleteIfExists(workerSocket());
          return null;
        },
        false);
  }
}
