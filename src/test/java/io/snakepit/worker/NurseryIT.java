package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.HostTools;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bus.Codecs;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SessionOptions;
import io.snakepit.process.KeeperOptions;
import io.snakepit.process.ProcessTable;
import io.snakepit.process.PythonPackage;
import io.snakepit.process.Signals;
import io.snakepit.registry.RegistryVerticle;
import io.snakepit.registry.RunDirectory;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a nursery on its own, with a real registry beside it. */
class NurseryIT {
  private static final String INSTANCE = "tested";

  private final String run = UUID.randomUUID().toString();
  private final Vertx vertx = RunningSnakepit.newVertx();

  @TempDir Path dataDir;
  private RunDirectory directory;
  private Path library;

  @BeforeEach
  void prepare() throws Exception {
    Codecs.register(vertx.eventBus());
    library = PythonPackage.unpack(dataDir);
    directory = RunDirectory.create(dataDir, INSTANCE, run, RunDirectory.path(dataDir, run));
    RunningSnakepit.await(
        vertx.deployVerticle(
            new RegistryVerticle(dataDir, directory), RegistryVerticle.DEPLOYMENT));
  }

  @AfterEach
  void close() throws Exception {
    RunningSnakepit.await(vertx.close());
    directory.remove();
  }

  private NurserySettings settings(String startMethod) {
    JsonObject pool =
        new JsonObject()
            .put("startMethod", startMethod)
            .put("python", TestPython.executable().toString())
            .put("watchdog", new JsonObject().put("enabled", true));
    JsonObject pools = new JsonObject().put("main", pool);
    Map<String, PoolOptions> options =
        RunningSnakepit.options(dataDir, new JsonObject().put("pools", pools)).pools();
    return new NurserySettings(
        "main",
        Objects.requireNonNull(options.get("main")),
        System.getenv(),
        new NurserySettings.Run(run, INSTANCE, directory.path(), library),
        1 << 20,
        new SessionOptions(60_000, 10, 10, 10),
        new HostTools());
  }

  private Nursery open() {
    Promise<Nursery> opened = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            here ->
                Nursery.open(vertx, settings("forkserver"), new UnheardNotices())
                    .onComplete(opened));
    return RunningSnakepit.await(opened.future());
  }

  /** Returns a listener that hears of a worker's end alone. */
  private static WorkerListener endOf(Promise<String> ended) {
    return (WorkerListener)
        Proxy.newProxyInstance(
            WorkerListener.class.getClassLoader(),
            new Class<?>[] {WorkerListener.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("ended")) {
                ended.complete((String) arguments[1]);
              }
              return null;
            });
  }

  /** Fails where {@code Nursery.forget} leaves the token with the acceptor. */
  @Test
  void theTokenOfAWorkerThatEndedBeforeItDialledOpensNothing() throws Exception {
    Path leaked = dataDir.resolve("token");
    Files.writeString(
        library.resolve("snakepit/_worker/main.py"),
        """
        import json, pathlib, sys
        def main():
            token = json.loads(sys.stdin.readline())["token"]
            pathlib.Path(%s).write_text(token)
            return 3
        """
            .formatted(JsonObject.of("path", leaked.toString()).encode() + "[\"path\"]"));
    Context loop = vertx.getOrCreateContext();
    Promise<Nursery> opened = Promise.promise();
    loop.runOnContext(
        here -> Nursery.open(vertx, settings("spawn"), new UnheardNotices()).onComplete(opened));
    Nursery nursery = RunningSnakepit.await(opened.future());
    Promise<String> ended = Promise.promise();
    loop.runOnContext(here -> nursery.spawn("main-1", endOf(ended)));

    assertThat(RunningSnakepit.await(ended.future())).contains("ended with status 3");
    try (FakeConnection late = FakeConnection.dial(directory.path().resolve("main.sock"))) {
      late.send(FakeWorker.hello(Files.readString(leaked), Channel.CHANNEL_WORK));
      assertThat(late.read().header().getRefusal().getMessage()).contains("unknown token");
    }
    Promise<Void> closed = Promise.promise();
    loop.runOnContext(here -> nursery.close().onComplete(closed));
    RunningSnakepit.await(closed.future());
  }

  /** Fails if the end does not wait for a keeper that is on its way: it would stay for ever. */
  @Test
  void leavesNoKeeperThatWasJustBeingStarted() throws Exception {
    Context loop = vertx.getOrCreateContext();
    Promise<Nursery> opened = Promise.promise();
    loop.runOnContext(
        here -> Nursery.open(vertx, settings("spawn"), new UnheardNotices()).onComplete(opened));
    Nursery nursery = RunningSnakepit.await(opened.future());
    Promise<String> ended = Promise.promise();
    loop.runOnContext(here -> nursery.spawn("main-1", endOf(ended)));
    awaitKeeper();
    processes().stream()
        .filter(NurseryIT::isKeeper)
        .forEach(each -> Signals.send(ProcessTable.system(), each, Signals.KILL));
    assertThat(RunningSnakepit.await(ended.future())).contains("ended with its keeper");

    loop.runOnContext(here -> nursery.spawn("main-2", endOf(Promise.promise())));
    awaitKeeper();
    Promise<Void> closed = Promise.promise();
    loop.runOnContext(here -> nursery.close().onComplete(closed));
    RunningSnakepit.await(closed.future());

    assertThat(processes()).isEmpty();
  }

  private void awaitKeeper() {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> processes().stream().anyMatch(NurseryIT::isKeeper));
  }

  private static boolean isKeeper(ProcessTable.Entry process) {
    try {
      Path command = Path.of("/proc/" + process.pid() + "/cmdline");
      return Files.readString(command).contains("snakepit._keeper");
    } catch (IOException gone) {
      return false;
    }
  }

  private List<ProcessTable.Entry> processes() {
    return ProcessTable.system().bearing(Map.of(KeeperOptions.RUN_MARK, run));
  }

  /** Returns what the run's directory holds beside what says whose it is. */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory.path())) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("main"))
          .toList();
    }
  }

  /**
   * Fails without the {@code close()} that follows a failed {@code Nursery.open}: at that point
   * acceptor and watchdog are there already (F7).
   */
  @Test
  void aKeeperThatCanNotBeStartedTakesTheRestAlong() throws Exception {
    Files.writeString(
        library.resolve("snakepit/_keeper/__main__.py"), "raise ValueError('broken keeper')");
    assertThatThrownBy(this::open).hasMessageContaining("ValueError: broken keeper");
    assertThat(processes()).isEmpty();
    assertThat(files()).isEmpty();
  }
}
