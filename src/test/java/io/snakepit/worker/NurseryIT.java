package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.HostTools;
import io.snakepit.bus.Codecs;
import io.snakepit.config.PoolOptions;
import io.snakepit.process.KeeperOptions;
import io.snakepit.process.ProcessTable;
import io.snakepit.process.PythonPackage;
import io.snakepit.registry.RegistryVerticle;
import io.snakepit.registry.RunDirectory;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private NurserySettings settings() {
    JsonObject pool =
        new JsonObject()
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
        10,
        new HostTools());
  }

  private Nursery open() {
    Promise<Nursery> opened = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(here -> Nursery.open(vertx, settings(), reason -> {}).onComplete(opened));
    return RunningSnakepit.await(opened.future());
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
