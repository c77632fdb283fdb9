package io.snakepit.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Python interpreter that can run workers.
 *
 * @param executable the real one, never a shim that starts another program
 * @param version such as {@code 3.11.7}
 */
public record Interpreter(Path executable, String version) {
  /**
   * The time that an interpreter may take to tell what it is; one that exists answers in some 30
   * ms.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * The places in which to look for an interpreter.
   *
   * @param pool whose setting is named in errors
   * @param configured path, or name to be found on the {@code PATH}; empty: {@code
   *     .venv/bin/python} in {@code home} if it exists, else {@code python3} on the {@code PATH}
   * @param home usually the working directory; relative paths start here
   * @param environment the complete one that workers will get
   */
  public record Search(String pool, String configured, Path home, Map<String, String> environment) {
    public Search {
      environment = Map.copyOf(environment);
    }

    /** Returns the setting that leads to another interpreter. */
    String setting() {
      return "pools." + pool + ".python";
    }
  }

  /**
   * Finds an interpreter and runs it once, as workers will be run. Blocks for some 30 ms, at most
   * 10 s: for worker threads.
   *
   * @throws InterpreterException if there is none, or it is too old; the message names the path,
   *     the setting and the remedy
   */
  public static Interpreter find(Search search, ProcessLauncher launcher)
      throws InterpreterException {
    Path program = locate(search);
    InterpreterProbe probe = InterpreterProbe.run(search, program, launcher, PATIENCE);
    return probe.judge();
  }

  private static Path locate(Search search) throws InterpreterException {
    if (!search.configured().isEmpty()) {
      return configured(search);
    }
    Path home = search.home().toAbsolutePath();
    Path own = home.resolve(".venv/bin/python");
    if (Files.isExecutable(own)) {
      return own;
    }
    Path found = onPath("python3", search);
    if (found == null) {
      throw new InterpreterException(
          "no Python: %s does not exist, and there is no python3 on the PATH %s; install Python 3.10 or newer, or set %s"
              .formatted(own, search.environment().get("PATH"), search.setting()));
    }
    return found;
  }

  private static Path configured(Search search) throws InterpreterException {
    String configured = search.configured();
    if (configured.contains("/")) {
      return search.home().toAbsolutePath().resolve(configured);
    }
    Path found = onPath(configured, search);
    if (found == null) {
      throw new InterpreterException(
          "%s: no program %s on the PATH %s"
              .formatted(search.setting(), configured, search.environment().get("PATH")));
    }
    return found;
  }

  private static @Nullable Path onPath(String program, Search search) {
    return Programs.onPath(program, search.environment().getOrDefault("PATH", ""));
  }
}
