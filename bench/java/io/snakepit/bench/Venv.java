package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/** A virtual environment for peers. */
final class Venv {
  private final Bed bed;
  private final Path directory;

  Venv(Bed bed, Path directory) {
    this.bed = bed;
    this.directory = directory;
  }

  String python() {
    return directory.resolve("bin/python").toString();
  }

  /**
   * Installs a package unless it is there.
   *
   * @return its version
   */
  String require(String distribution) {
    if (!Files.isExecutable(Path.of(python()))) {
      bed.say("peers: making " + directory.getFileName());
      run(List.of(bed.python(), "-m", "venv", directory.toString()));
    }
    String question =
        "import importlib.metadata as m; print(m.version('%s'))".formatted(distribution);
    List<String> ask = List.of(python(), "-c", question);
    try {
      return run(ask);
    } catch (IllegalStateException notYet) {
      bed.say("peers: installing " + distribution);
      run(
          List.of(
              python(),
              "-m",
              "pip",
              "install",
              "--quiet",
              "--disable-pip-version-check",
              distribution));
      return run(ask);
    }
  }

  private String run(List<String> command) {
    Path errors = bed.fresh("venv.log");
    Process process = bed.children().start(command, bed.project(), errors);
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("could not install: " + lastLine(errors));
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /** Returns the last line that a program wrote of its errors. */
  static String lastLine(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
