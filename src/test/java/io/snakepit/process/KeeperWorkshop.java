package io.snakepit.process;

import io.snakepit.testing.TestPython;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * All that it takes to run a keeper in a test: an event loop, directories, a run id of its own, and
 * the package with a worker that dials nobody. Closing it kills all that bears its run id.
 */
final class KeeperWorkshop {
  final String run = UUID.randomUUID().toString();
  final Map<String, String> marks = Map.of("SNAKEPIT_RUN", run);
  final Vertx vertx =
      Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2));
  final Context context = vertx.getOrCreateContext();
  final RecordedKeeper recorded = new RecordedKeeper(context);
  final Map<String, String> environment = new HashMap<>(System.getenv());
  final Path directory;
  final Path library;
  final Path socket;
  Duration startTimeout = Duration.ofSeconds(60);
  Duration stopGrace = Duration.ofSeconds(20);
  String adapter = "standin_adapter";
  ProcessLauncher launcher = new NuProcessLauncher();

  KeeperWorkshop(Path directory) throws IOException {
    this.directory = directory;
    this.library = directory.resolve("library");
    this.socket = directory.resolve("k.sock");
    environment.put("SNAKEPIT_RUN", run);
    environment.put("SNAKEPIT_POOL", "main");
    copy(PythonPackage.unpack(directory.resolve("data")), library);
    standIn("main.py", "snakepit/_worker");
    standIn("loading.py", "snakepit/_tools");
    standIn("standin_adapter.py", "adapters");
  }

  /** Puts another program in the keeper's place; where it ends, the process does. */
  void keeperIs(String program) throws IOException {
    Files.writeString(
        library.resolve("snakepit/_keeper/__main__.py"), program + "\nraise SystemExit\n");
  }

  KeeperOptions options(StartMethod method) {
    return new KeeperOptions(
        TestPython.executable(),
        library,
        socket,
        directory,
        environment,
        new KeeperOptions.Workers(
            "main",
            method,
            new KeeperOptions.Code(
                adapter, List.of(), List.of(library.resolve("adapters").toString())),
            directory.resolve("workers.sock"),
            "error"),
        launcher,
        new KeeperOptions.Timeouts(startTimeout, stopGrace, Duration.ofSeconds(2)));
  }

  Keeper start(StartMethod method) throws Exception {
    return await(() -> Keeper.start(vertx, options(method), recorded));
  }

  /** Does something on the keeper's context and waits for what comes of it. */
  <T> T await(Callable<Future<T>> action) throws Exception {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            action.call().onComplete(promise);
          } catch (Exception e) {
            promise.fail(e);
          }
        });
    return promise.future().toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
  }

  /** Gives the keeper an order, and waits until it is given. */
  void order(Runnable order) throws Exception {
    await(
        () -> {
          order.run();
          return Future.succeededFuture();
        });
  }

  List<ProcessTable.Entry> left() {
    return ProcessTable.system().left(marks);
  }

  void close() throws Exception {
    Sweep.kill(ProcessTable.system(), marks, Duration.ofSeconds(20));
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void standIn(String file, String target) throws IOException {
    Path path = Files.createDirectories(library.resolve(target)).resolve(file);
    try (InputStream content = KeeperWorkshop.class.getResourceAsStream("/standin/" + file)) {
      Files.write(path, Objects.requireNonNull(content).readAllBytes());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (var tree = Files.walk(from)) {
      all = tree.toList();
    }
    for (Path each : all) {
      Files.copy(each, to.resolve(from.relativize(each).toString()));
    }
  }
}
