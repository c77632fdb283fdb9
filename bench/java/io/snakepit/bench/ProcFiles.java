package io.snakepit.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Figures about processes from Linux's {@code /proc}. Figures are NaN where there is no {@code
 * /proc}.
 */
final class ProcFiles {
  private static final Path PROC = Path.of("/proc");
  private static final int KIB = 1024;

  // Fields of the first line of /proc/stat, whose clock ticks a hundred times a second.
  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int STEAL = 8;
  private static final double NANOS_PER_TICK = 1e7;

  private ProcFiles() {}

  /** Returns the CPU time of all threads of these processes that still run, in nanoseconds. */
  static double cpuNanos(Collection<Long> pids) {
    double sum = 0;
    for (long pid : pids) {
      sum += cpuNanos(pid);
    }
    return sum;
  }

  private static double cpuNanos(long pid) {
    double sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(PROC.resolve(pid + "/task"))) {
      for (Path thread : threads) {
        String schedule = Files.readString(thread.resolve("schedstat"));
        sum += Long.parseLong(schedule.substring(0, schedule.indexOf(' ')));
      }
      return sum;
    } catch (IOException unknown) {
      return Double.NaN;
    }
  }

  /** Returns the time that all CPUs have been busy since the machine started, in nanoseconds. */
  static double machineCpuNanos() {
    try {
      String all = Files.readString(PROC.resolve("stat"));
      String[] fields = all.substring(0, all.indexOf('\n')).trim().split(" +", -1);
      double ticks = 0;
      for (int i = 1; i < fields.length && i <= STEAL; i++) {
        ticks += i == IDLE || i == IO_WAIT ? 0 : Double.parseDouble(fields[i]);
      }
      return ticks * NANOS_PER_TICK;
    } catch (IOException unknown) {
      return Double.NaN;
    }
  }

  /** Returns the private memory of a process, in bytes. */
  static double privateDirtyBytes(long pid) {
    return kibibytes(PROC.resolve(pid + "/smaps_rollup"), "Private_Dirty:");
  }

  /** Returns the resident memory of a process, shared pages included, in bytes. */
  static double residentBytes(long pid) {
    return kibibytes(PROC.resolve(pid + "/status"), "VmRSS:");
  }

  private static double kibibytes(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)) {
          return Double.parseDouble(line.replaceAll("[^0-9]", "")) * KIB;
        }
      }
      return Double.NaN;
    } catch (IOException unknown) {
      return Double.NaN;
    }
  }
}
