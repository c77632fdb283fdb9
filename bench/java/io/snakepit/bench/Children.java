package io.snakepit.bench;

import io.snakepit.process.ProcessTable;
import io.snakepit.process.Signals;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The processes of a run. All bear its mark in their environment, as their descendants do, so that
 * none is left however the run ends.
 */
final class Children implements AutoCloseable {
  /** The variable that holds the mark. */
  static final String MARK = "BENCH_RUN_ID";

  private static final int NEWEST_FLAGS_SINCE = 24;

  private final String id = UUID.randomUUID().toString();

  /** Returns the variable that every process of this run has in its environment. */
  Map<String, String> mark() {
    return Map.of(MARK, id);
  }

  /** Starts a program whose standard input and output are pipes to us; its errors go to ours. */
  Process start(List<String> command, Path directory) {
    return start(
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /** Starts a program as {@link #start(List, Path)} does, with its errors in a file. */
  Process start(List<String> command, Path directory, Path errors) {
    return start(
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile()));
  }

  private Process start(ProcessBuilder builder) {
    builder.environment().putAll(mark());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts another JVM like this one, on the same class path, in the same directory. */
  Process startJvm(Class<?> main, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= NEWEST_FLAGS_SINCE) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return start(command, new File("").getAbsoluteFile().toPath());
  }

  /** Ends a process that ends by itself when its input does, by force if it takes too long. */
  static void end(Process process) {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all that is left, descendants included. */
  @Override
  public void close() {
    ProcessTable table = ProcessTable.system();
    for (ProcessTable.Entry entry : table.bearing(mark())) {
      Signals.send(table, entry, Signals.KILL);
    }
  }
}
