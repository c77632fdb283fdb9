package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The machine on which a run was made. */
final class Machine {
  private Machine() {}

  /** Runs the interpreter once, to ask its version. */
  static JsonObject facts(String python) {
    return new JsonObject()
        .put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("jdk", System.getProperty("java.version"))
        .put("python", versionOf(python))
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
        .put("architecture", System.getProperty("os.arch"))
        .put("loadAverage", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String versionOf(String python) {
    try {
      Process process =
          new ProcessBuilder(
                  List.of(python, "-c", "import platform; print(platform.python_version())"))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException("no Python to measure with: " + e.getMessage(), e);
    }
  }
}
