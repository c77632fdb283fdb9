package io.snakepit.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The Python interpreter that tests run: one of 3.10 or newer. */
public final class TestPython {
  private TestPython() {}

  /**
   * Returns the interpreter named by the system property {@code snakepit.python} or the variable
   * {@code SNAKEPIT_PYTHON}, else the project's {@code .venv/bin/python}, which {@code ./snakepit}
   * makes.
   */
  public static Path executable() {
    Path own = project().resolve(".venv/bin/python");
    return Stream.of(
            Optional.ofNullable(System.getProperty("snakepit.python")),
            Optional.ofNullable(System.getenv("SNAKEPIT_PYTHON")),
            Optional.of(own.toString()))
        .flatMap(Optional::stream)
        .filter(each -> !each.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no Python for the tests: "
                        + own
                        + " does not exist; run ./snakepit version once, which makes it,"
                        + " or name an interpreter with -Dsnakepit.python=PATH"));
  }

  /** Returns the project's root. */
  public static Path project() {
    return Path.of(System.getProperty("snakepit.project", "")).toAbsolutePath();
  }
}
