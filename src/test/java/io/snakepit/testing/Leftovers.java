package io.snakepit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Everything that a run may not leave behind. Linux only, as far as processes go. */
public final class Leftovers {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private Leftovers() {}

  /**
   * Fails if a process has that directory's data as its own, or if a socket or a run's directory is
   * left below it.
   */
  public static void assertNone(Path directory) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> {
              assertThat(processesMentioning(directory)).as("processes left").isEmpty();
              assertThat(runDirectories(directory)).as("runs left").isEmpty();
            });
  }

  /** Fails if a process has that directory's data as its own. */
  public static void assertNoProcess(Path directory) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () -> assertThat(processesMentioning(directory)).as("processes left").isEmpty());
  }

  /** Returns the processes whose command line, environment or open sockets name that directory. */
  private static List<String> processesMentioning(Path directory) {
    long self = ProcessHandle.current().pid();
    List<String> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path process :
          entries.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        String pid = process.getFileName().toString();
        String told = read(process.resolve("cmdline")) + read(process.resolve("environ"));
        if (!pid.equals(String.valueOf(self)) && told.contains(directory.toString())) {
          found.add(pid + " " + read(process.resolve("cmdline")).replace('\0', ' '));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static List<Path> runDirectories(Path directory) {
    Path runs = directory.resolve("data").resolve("run");
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(runs)) {
      return files.filter(file -> !file.equals(runs)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
