package io.snakepit.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The processor time that a process has used, as the kernel counts it. Reads files: not for an
 * event loop.
 */
public final class CpuTime {
  /** Milliseconds of a tick: the kernel shows hundredths of a second on every Linux. */
  private static final long MS_PER_TICK = 10;

  /** The index of utime among the fields behind the command's closing bracket; stime follows it. */
  private static final int UTIME = 11;

  private CpuTime() {}

  /** Returns user and system time in ms; 0 where there is no {@code /proc} or no such process. */
  public static long millis(long pid) {
    try {
      return parse(Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1));
    } catch (IOException gone) {
      return 0;
    }
  }

  /**
   * Returns the time in ms that each thread of a process has used, by its id; empty where there is
   * no {@code /proc} or no such process. Some 20 µs a thread.
   */
  public static Map<Long, Long> ofThreads(long pid) {
    Map<Long, Long> found = new HashMap<>();
    Path tasks = Path.of("/proc/" + pid + "/task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        addTo(found, thread);
      }
    } catch (IOException | DirectoryIteratorException gone) {
      return Map.of();
    }
    return found;
  }

  private static void addTo(Map<Long, Long> found, Path thread) {
    try {
      long millis = parse(Files.readString(thread.resolve("stat"), ISO_8859_1));
      found.put(Long.parseLong(thread.getFileName().toString()), millis);
    } catch (IOException ended) {
      // It is not there any more: the others are.
    }
  }

  static long parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) * MS_PER_TICK;
  }
}
