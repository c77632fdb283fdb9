package io.snakepit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processor time that a process has used, as the kernel counts it. Reads a file: not for an
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
      return parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
    } catch (IOException gone) {
      return 0;
    }
  }

  static long parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) * MS_PER_TICK;
  }
}
