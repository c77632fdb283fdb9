package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Call;
import io.snakepit.bus.Addresses;
import io.snakepit.process.Signals;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The watchdog lives with its pool; {@code chaos-scripts/watchdog} shows what it does when the host
 * dies.
 */
class WatchdogIT {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    Leftovers.assertNone(directory);
  }

  private RunningSnakepit start() {
    String module = TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE);
    JsonObject watchdog = new JsonObject().put("enabled", true).put("intervalMs", 200);
    return RunningSnakepit.start(directory, module, new JsonObject().put("watchdog", watchdog));
  }

  private static long pid(RunningSnakepit running) {
    return running.askAll(Addresses.REGISTRY, new JsonObject()).stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("name").equals("default.watchdog"))
        .mapToLong(each -> each.getLong("pid"))
        .findFirst()
        .orElse(0);
  }

  @Test
  void comesAndGoesWithItsPool() throws Exception {
    try (RunningSnakepit running = start()) {
      long pid = pid(running);
      assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).contains("watchdog.sh");
      running.failure(Call.of("kill_self"));
      Pools.awaitReady(running, 1);
      assertThat(ProcessHandle.of(pid)).as("a worker's end is no business of its").isPresent();
    }
  }

  /** Only the host watches the watchdog. */
  @Test
  void oneThatDiesIsReplaced() {
    try (RunningSnakepit running = start()) {
      long first = pid(running);
      Signals.send(first, Signals.KILL);
      await()
          .atMost(Pools.PATIENCE)
          .until(() -> pid(running) != first && ProcessHandle.of(pid(running)).isPresent());
      assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
    }
  }
}
