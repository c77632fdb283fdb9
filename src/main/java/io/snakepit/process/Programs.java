package io.snakepit.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The search for a program, as a shell would do it; tells why it can't be run before anything is
 * started.
 */
final class Programs {
  private Programs() {}

  /**
   * Returns the program's absolute path. Its links are left alone: a virtual environment lives by
   * them.
   */
  static Path find(ProcessLauncher.Order order) throws LaunchException {
    String program = order.command().get(0);
    if (!Files.isDirectory(order.directory())) {
      throw new LaunchException(program, "no working directory " + order.directory());
    }
    if (program.contains("/")) {
      Path path = order.directory().toAbsolutePath().resolve(program);
      check(program, path);
      return path;
    }
    String search = order.environment().getOrDefault("PATH", "");
    Path found = onPath(program, search);
    if (found == null) {
      throw new LaunchException(program, "not found on the PATH " + search);
    }
    return found;
  }

  /** Returns the first executable of that name. */
  static @Nullable Path onPath(String program, String search) {
    for (String directory : search.split(File.pathSeparator, -1)) {
      if (!directory.isEmpty()) {
        Path candidate = Path.of(directory, program).toAbsolutePath();
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    return null;
  }

  private static void check(String program, Path path) throws LaunchException {
    if (!Files.exists(path)) {
      throw new LaunchException(program, "no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new LaunchException(program, "not a file");
    }
    if (!Files.isExecutable(path)) {
      throw new LaunchException(program, "not executable");
    }
  }
}
