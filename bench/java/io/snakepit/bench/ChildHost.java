package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** A host in a JVM of its own, which can be looked at from outside and killed. Close it. */
final class ChildHost implements AutoCloseable {
  private final Process process;
  private final JsonObject started;

  private ChildHost(Process process, JsonObject started) {
    this.process = process;
    this.started = started;
  }

  /** Starts a host and waits until its workers are ready. */
  static ChildHost start(Bed bed, int workers, String startMethod) {
    return start(bed, workers, startMethod, List.of());
  }

  /** Starts a host with each of those tools of the hostile adapter running on a worker. */
  static ChildHost start(Bed bed, int workers, String startMethod, List<String> hostile) {
    JsonObject configuration = BenchHost.configuration(bed, workers, startMethod);
    if (!hostile.isEmpty()) {
      Path tests = bed.project().resolve("python/tests");
      configuration
          .getJsonObject("pools")
          .getJsonObject("default")
          .put("adapter", "samples.hostile")
          .put("pythonPath", new JsonArray().add(tests.toString()));
    }
    Process process =
        bed.children()
            .startJvm(
                ChildHostMain.class,
                List.of(),
                configuration.encode(),
                new JsonArray(hostile).encode(),
                bed.fresh("signs").toString());
    try {
      BufferedReader said =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      String line = said.readLine();
      if (line == null) {
        throw new IllegalStateException("a host in a JVM of its own did not start");
      }
      return new ChildHost(process, new JsonObject(line));
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Returns the workers' process ids. */
  List<Long> pids() {
    return started.getJsonArray("pids").stream().map(pid -> ((Number) pid).longValue()).toList();
  }

  /** Ends the JVM at once, by SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    Children.end(process);
  }
}
