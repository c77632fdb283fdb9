package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.api.Event;
import io.snakepit.bus.Addresses;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RecordedEvents;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records exist of a running host, and a start clears those of a dead one. */
class RegistryIT {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private JsonObject configuration() {
    TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE);
    JsonObject pool =
        new JsonObject()
            .put("adapter", "chaos")
            .put("python", TestPython.executable().toString())
            .put("pythonPath", new JsonArray().add(directory.toString()))
            .put("size", 2);
    return new JsonObject().put("pools", new JsonObject().put("default", pool));
  }

  private static List<String> names(RunningSnakepit running) {
    return running.askAll(Addresses.REGISTRY, new JsonObject()).stream()
        .map(record -> ((JsonObject) record).getString("name"))
        .sorted()
        .toList();
  }

  @Test
  void whoLivesIsOnRecordAndWhoIsGoneIsNot() throws Exception {
    try (RunningSnakepit running = RunningSnakepit.start(directory, configuration())) {
      assertThat(names(running)).containsExactly("default-1", "default-2", "default.keeper");
      // A worker may be ready before its keeper's word of its pid is on record.
      await()
          .atMost(Pools.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(running.askAll(Addresses.REGISTRY, new JsonObject()))
                      .allMatch(
                          record -> ((JsonObject) record).getString("state").equals("active")));
      Path records = onlyRun().resolve("records");
      assertThat(Files.readString(records.resolve("default-1")))
          .contains("state=active\n", "kind=worker\n", "pid=" + pidOf(running, "default-1") + "\n");

      running.failure(Call.of("kill_self"));
      await()
          .atMost(Pools.PATIENCE)
          .until(() -> names(running).size() == 3 && names(running).contains("default-3"));
    }
  }

  private static long pidOf(RunningSnakepit running, String worker) {
    return running.askAll(Addresses.WORKERS, new JsonObject()).stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("worker").equals(worker))
        .findFirst()
        .orElseThrow()
        .getLong("pid");
  }

  private Path onlyRun() throws IOException {
    try (Stream<Path> runs = Files.list(directory.resolve("data/run"))) {
      return runs.findFirst().orElseThrow();
    }
  }

  /** P4, as an embedding application sees it: the events name the worker and its pid. */
  @Test
  void aStartTellsOfTheOrphansItEnds() throws Exception {
    Path dead = Files.createDirectories(directory.resolve("data/run/dead-run/records")).getParent();
    Files.createFile(dead.resolve("lock"));
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    Files.writeString(
        dead.resolve("host"),
        "run=dead-run\ninstance=default\nboot=%s\nhostPid=8388609\nhostStartTicks=1\nsockets=%s\n"
            .formatted(boot, dead));
    ProcessBuilder builder = new ProcessBuilder("sleep", "600");
    builder.environment().put("SNAKEPIT_RUN", "dead-run");
    builder.environment().put("SNAKEPIT_INSTANCE", "default");
    builder.environment().put("SNAKEPIT_POOL", "default");
    builder.environment().put("SNAKEPIT_WORKER", "default-7");
    Process orphan = builder.start();
    Vertx vertx = RunningSnakepit.newVertx();
    RecordedEvents events = new RecordedEvents(vertx);
    try (RunningSnakepit running = RunningSnakepit.start(vertx, directory, configuration())) {
      assertThat(orphan.waitFor(20, TimeUnit.SECONDS)).isTrue();
      JsonObject killed = events.await(Event.REGISTRY_ORPHAN_KILLED);
      assertThat(events.of(Event.REGISTRY_ORPHAN_FOUND)).hasSize(1);
      assertThat(killed.getString("worker")).isEqualTo("default-7");
      assertThat(killed.getString("pool")).isEqualTo("default");
      assertThat(killed.getLong("pid")).isEqualTo(orphan.pid());
      assertThat(dead).doesNotExist();
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
    } finally {
      orphan.destroyForcibly();
    }
  }
}
