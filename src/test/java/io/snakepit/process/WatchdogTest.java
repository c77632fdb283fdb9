package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests of a watchdog's life with scripts that are none: {@code WatchdogScriptIT} has real ones.
 */
class WatchdogTest {
  private static final int SECONDS = 30;

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final List<Script> scripts = new CopyOnWriteArrayList<>();
  private final List<Long> told = new CopyOnWriteArrayList<>();
  private volatile int failures;
  private volatile Runnable beforeLaunch = () -> {};

  @AfterEach
  void close() throws Exception {
    vertx.close().await(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void oneThatEndsIsReplacedHoweverOftenThatFails() throws Exception {
    Watchdog watchdog = start();
    failures = 1;

    scripts.get(0).exit.complete(new Exit.Signal(9));

    await().atMost(Duration.ofSeconds(SECONDS)).until(() -> told.size() == 2);
    assertThat(told).containsExactly(scripts.get(0).pid(), scripts.get(1).pid());
    assertThat(failures).isZero();
    stop(watchdog);
    assertThat(scripts).hasSize(2);
  }

  /** Waits for another, which is replaced later than this one would have been. */
  @Test
  void whereItCanNotWatchThereIsNoOther() throws Exception {
    Watchdog unavailable = start();
    Watchdog replaced = start();

    scripts.get(0).exit.complete(new Exit.Status(69));
    scripts.get(1).exit.complete(new Exit.Signal(9));

    await().atMost(Duration.ofSeconds(SECONDS)).until(() -> told.size() == 3);
    stop(unavailable);
    stop(replaced);
    assertThat(scripts).hasSize(3);
  }

  @Test
  void stopEndsOneThatDoesNotHeedItsSignal() throws Exception {
    stop(start());

    assertThat(scripts).hasSize(1);
    assertThat(scripts.get(0).exit).isCompletedWithValue(new Exit.Signal(9));
  }

  /** A stop between an end and the replacement, and one while the replacement is launched. */
  @Test
  void stopMeansTheReplacementToo() throws Exception {
    Watchdog before = start();
    scripts.get(0).exit.complete(new Exit.Signal(9));
    stop(before);

    Watchdog meanwhile = start();
    CompletableFuture<Void> launching = new CompletableFuture<>();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    beforeLaunch =
        () -> {
          launching.complete(null);
          goOn.join();
        };
    scripts.get(1).exit.complete(new Exit.Signal(9));
    launching.get(SECONDS, TimeUnit.SECONDS);
    stop(meanwhile);
    goOn.complete(null);

    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> scripts.size() == 3 && scripts.get(2).exit.isDone());
    assertThat(scripts.get(2).exit).isCompletedWithValue(new Exit.Signal(9));
  }

  /**
   * Fails unless the script is put in place at a stroke: the pools of a run share its directory.
   */
  @Test
  void manyStartAtOnceAndEachFindsTheScriptWhole() throws Exception {
    Set<String> found = ConcurrentHashMap.newKeySet();
    beforeLaunch = () -> found.add(read(directory.resolve("watchdog.sh")));
    List<CompletableFuture<Watchdog>> starts =
        Stream.generate(this::begin).limit(200).toList(); // all under way before the first ends
    for (CompletableFuture<Watchdog> each : starts) {
      each.get(SECONDS, TimeUnit.SECONDS);
    }
    assertThat(found).singleElement().asString().startsWith("#!/bin/sh\n").endsWith("\n");
    assertThat(directory.toFile().list()).containsExactly("watchdog.sh");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Watchdog start() throws Exception {
    return begin().get(SECONDS, TimeUnit.SECONDS);
  }

  private CompletableFuture<Watchdog> begin() {
    WatchdogOptions options =
        new WatchdogOptions("main", "r1", "snakepit", directory, Map.of(), 1_000, 1_000);
    CompletableFuture<Watchdog> started = new CompletableFuture<>();
    vertx.runOnContext(
        here ->
            Watchdog.start(vertx, options, this::launch, told::add)
                .onSuccess(started::complete)
                .onFailure(started::completeExceptionally));
    return started;
  }

  private void stop(Watchdog watchdog) throws Exception {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    vertx.runOnContext(here -> watchdog.stop().onSuccess(stopped::complete));
    stopped.get(SECONDS, TimeUnit.SECONDS);
  }

  private ProcessLauncher.Child launch(ProcessLauncher.Order order, ProcessLauncher.Output output)
      throws LaunchException {
    beforeLaunch.run();
    int left = failures;
    if (left > 0) {
      failures = left - 1;
      throw new LaunchException("/bin/sh", "not now");
    }
    Script script = new Script(1_000_000_000L + scripts.size());
    scripts.add(script);
    return script;
  }

  /** A script that ends when it is told to, or killed; its pid is above all that there are. */
  private static final class Script implements ProcessLauncher.Child {
    private final long pid;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    Script(long pid) {
      this.pid = pid;
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public void writeStdin(byte[] bytes) {}

    @Override
    public void closeStdin() {}

    @Override
    public CompletionStage<Exit> exit() {
      return exit;
    }

    @Override
    public void kill() {
      exit.complete(new Exit.Signal(9));
    }
  }
}
