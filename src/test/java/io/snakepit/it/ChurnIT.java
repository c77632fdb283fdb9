package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.process.ProcessTable;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P9, P16: however often the system comes and goes in one JVM, nothing adds up. */
class ChurnIT {
  private static final int CYCLES = 100;
  private static final int WARM_UP = 3;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @TempDir Path directory;
  private Vertx vertx;

  @BeforeEach
  void open() {
    TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE);
    vertx = RunningSnakepit.newVertx();
  }

  @AfterEach
  void nothingIsLeft() {
    RunningSnakepit.await(vertx.close());
    Leftovers.assertNone(directory);
  }

  /**
   * Resources of a process, as the kernel counts them; save for threads, of which the JVM itself
   * starts some, for compiler and collector, when it likes.
   */
  private record Held(int descriptors, int threads, int children, int files) {
    static Held now(Path directory) {
      long self = ProcessHandle.current().pid();
      List<ProcessTable.Entry> all = ProcessTable.system().all();
      return new Held(
          openFiles(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          (int) all.stream().filter(each -> each.parent() == self).count(),
          tree(directory.resolve("data")));
    }

    private static int openFiles() {
      try (Stream<Path> entries = Files.list(DESCRIPTORS)) {
        return (int) entries.count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static int tree(Path folder) {
      try (Stream<Path> entries = Files.walk(folder)) {
        return (int) entries.count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean exceeds(Held before) {
      return descriptors > before.descriptors
          || threads > before.threads
          || children > before.children
          || files > before.files;
    }
  }

  private void cycle(int size, boolean http) {
    JsonObject pool =
        new JsonObject()
            .put("adapter", "chaos")
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", size);
    JsonObject configuration =
        new JsonObject()
            .put("http", new JsonObject().put("enabled", http).put("port", 0))
            .put("pools", new JsonObject().put("default", pool));
    Snakepit snakepit = Snakepit.create(vertx, RunningSnakepit.options(directory, configuration));
    RunningSnakepit.await(snakepit.start());
    RunningSnakepit.await(snakepit.execute(Call.of("pid")));
    RunningSnakepit.await(snakepit.stop());
  }

  private void assertNothingAddsUp(int size, boolean http, boolean afterEach) {
    for (int i = 0; i < WARM_UP; i++) {
      cycle(size, http);
    }
    Held before = settled();
    for (int i = 0; i < CYCLES; i++) {
      cycle(size, http);
      if (afterEach) {
        awaitNoMoreThan(before);
      }
    }
    awaitNoMoreThan(before);
  }

  /** Threads and descriptors of the last stop may take a moment to go. */
  private Held settled() {
    Held[] last = {Held.now(directory)};
    await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Held now = Held.now(directory);
              boolean same = now.equals(last[0]);
              last[0] = now;
              return same;
            });
    return last[0];
  }

  private void awaitNoMoreThan(Held before) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              Held now = Held.now(directory);
              assertThat(now.exceeds(before)).as("%s, at first %s", now, before).isFalse();
            });
  }

  /** P9. Fails if {@code Nursery.close} does not stop the keeper, or a run leaves its directory. */
  @Test
  void aHundredStartsAndStopsLeaveNothing() {
    assertNothingAddsUp(2, true, false);
  }

  /** P16. Fails if {@code RunDirectory.remove} leaves a file. */
  @Test
  void aHundredPoolsOfTenLeaveNothing() {
    assertNothingAddsUp(10, false, true);
  }
}
