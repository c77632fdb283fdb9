package io.snakepit.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What else one could take, in the same run: installed from the Python index into a virtual
 * environment below {@code target}, and driven by a client of its own kind.
 */
final class Peers {
  private static final Map<String, String> PACKAGES =
      Map.of("grpcio", "grpcio==1.76.0", "ray", "ray==2.52.1");

  private final Path home;
  private final Report report;
  private final Duration time;
  private final Consumer<String> progress;

  Peers(Path home, Report report, Duration time, Consumer<String> progress) {
    this.home = home;
    this.report = report;
    this.time = time;
    this.progress = progress;
  }

  /** Measures each peer that can be installed, and says of the others that they can't. */
  void measure() throws IOException, InterruptedException {
    Path venv = home.resolve("target/bench-venv");
    Path python = venv.resolve("bin/python");
    if (!Files.isExecutable(python)) {
      run(List.of("python3", "-m", "venv", venv.toString()));
    }
    for (String peer : List.of("grpcio", "ray")) {
      progress.accept("peer " + peer + ": installing");
      List<String> install =
          List.of(
              python.toString(), "-m", "pip", "install", "-q", PACKAGES.getOrDefault(peer, peer));
      if (run(install) != 0) {
        progress.accept("peer " + peer + " can't be installed here: left out");
        continue;
      }
      for (int inFlight : List.of(1, 32)) {
        measure(python, peer, inFlight);
      }
    }
  }

  private void measure(Path python, String peer, int inFlight)
      throws IOException, InterruptedException {
    progress.accept("peer " + peer + ", in flight: " + inFlight);
    Process process =
        new ProcessBuilder(
                python.toString(),
                home.resolve("bench/python/peer_" + peer + ".py").toString(),
                String.valueOf(inFlight),
                String.valueOf(time.toMillis() / 1e3))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0 || text.isEmpty()) {
        progress.accept("peer " + peer + " failed: left out");
        return;
      }
      JsonObject json = new JsonObject(text.substring(text.lastIndexOf('\n') + 1));
      String name = "peer %s, %d in flight".formatted(peer, inFlight);
      report.add(name + ", calls/s", json.getDouble("perSecond"), "/s");
      report.add(name + ", p50", json.getDouble("p50Micros"), "µs");
    } finally {
      process.destroyForcibly();
    }
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
