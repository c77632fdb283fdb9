package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code diagnose scaling} as users see it: in a JVM of its own, with real workers. */
class DiagnoseScalingIT {
  @TempDir Path folder;

  private HostProcess diagnose(String pool, String... flags) {
    String[] words = new String[flags.length + 4];
    words[0] = "diagnose";
    words[1] = "scaling";
    words[2] = "--config";
    words[3] = "host.yaml";
    System.arraycopy(flags, 0, words, 4, flags.length);
    return HostProcess.run(folder, HostProcess.yaml(pool), words);
  }

  private void assertNothingIsLeft(HostProcess command) throws IOException {
    command.assertNothingIsLeft();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("snakepit-") || name.equals("data"));
    }
  }

  private String ownAdapter(String source) {
    String adapter = TestAdapters.write(folder, "own_tools", source);
    return "adapter: " + adapter + ", pythonPath: ['" + folder + "']";
  }

  @Test
  void measuresRealWorkersAndLeavesNothing() throws IOException {
    try (HostProcess command = diagnose("size: 7", "--max", "2", "--json")) {
      assertThat(command.awaitEnd()).as(command.err()).isZero();

      JsonObject report = new JsonObject(command.out());
      JsonObject two = report.getJsonArray("steps").getJsonObject(1);
      assertThat(two.getInteger("workers")).isEqualTo(2);
      assertThat(two.getDouble("startMs")).isPositive();
      assertThat(two.getDouble("callsPerSecond")).isPositive();
      JsonObject each = report.getJsonObject("perWorker");
      assertThat(each.getLong("privateBytes")).isBetween(1L << 20, 1L << 28);
      assertThat(each.getLong("pssBytes")).isGreaterThanOrEqualTo(each.getLong("privateBytes"));
      assertThat(each.getDouble("processes")).isEqualTo(1);
      assertThat(each.getDouble("tasks")).isGreaterThanOrEqualTo(2);
      // Its two connections, and the two pipes that it prints to.
      assertThat(each.getDouble("hostFiles")).isBetween(1.0, 4.0);
      assertThat(each.getDouble("keeperFiles")).isBetween(1.0, 4.0);
      assertThat(report.getJsonObject("firstLimit").getLong("allows")).isPositive();
      assertNothingIsLeft(command);
    }
  }

  /** Fails if only the worker's own process is looked at. */
  @Test
  void countsWhatTheAdapterStarts() throws IOException {
    String pool =
        ownAdapter(
            """
            import subprocess
            from snakepit import Adapter, tool

            class Own(Adapter):
                def start(self, worker):
                    self.child = subprocess.Popen(["sleep", "600"])

                @tool
                def ping(self) -> str:
                    return "pong"
            """);
    try (HostProcess command = diagnose(pool, "--max=1", "--json")) {
      assertThat(command.awaitEnd()).as(command.err()).isZero();

      JsonObject report = new JsonObject(command.out());
      assertThat(report.getJsonObject("perWorker").getDouble("processes")).isEqualTo(2);
      assertThat(report.getJsonArray("steps").getJsonObject(0).getValue("callsPerSecond")).isNull();
      assertNothingIsLeft(command);
    }
  }

  @Test
  void saysWhyAnAdapterCanNotBeMeasured() throws IOException {
    try (HostProcess command = diagnose("size: 1", "--adapter", "no_such_module")) {
      assertThat(command.awaitEnd()).isEqualTo(1);

      assertThat(command.out()).isEmpty();
      assertThat(command.err()).contains("the start failed", "no_such_module");
      assertNothingIsLeft(command);
    }
  }

  @Test
  void ctrlCDuringASlowStartLeavesNothing() throws IOException {
    try (HostProcess command = diagnose(ownAdapter("import time\ntime.sleep(60)\n"))) {
      command.awaitErr("starting workers, 2 s");

      command.interrupt();

      assertThat(command.awaitEnd()).isEqualTo(1);
      assertThat(command.out()).isEmpty();
      assertThat(command.err()).contains("stopping").doesNotContain("failed", "\tat ");
      assertNothingIsLeft(command);
    }
  }

  @Test
  void aSignalWhileWorkersComputeLeavesNothing() throws IOException {
    try (HostProcess command = diagnose("size: 1", "--max", "4")) {
      command.awaitErr("measuring 2 of up to 4");

      command.terminate();

      assertThat(command.awaitEnd()).isEqualTo(1);
      assertThat(command.out()).isEmpty();
      assertNothingIsLeft(command);
    }
  }
}
