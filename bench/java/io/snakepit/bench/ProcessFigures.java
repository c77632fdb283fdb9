package io.snakepit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the kernel counts of a process; Linux only. */
final class ProcessFigures {
  private static final double NANOS_PER_MICRO = 1_000;

  private ProcessFigures() {}

  /** CPU time of all its threads so far, in microseconds; the sum over several processes. */
  static double cpuMicros(List<Long> pids) {
    return pids.stream().mapToDouble(ProcessFigures::cpuMicros).sum();
  }

  private static double cpuMicros(long pid) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      double total = 0;
      for (Path task : tasks.toList()) {
        String[] words = Files.readString(task.resolve("schedstat")).split(" ", -1);
        total += Long.parseLong(words[0]) / NANOS_PER_MICRO;
      }
      return total;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Memory that only this process has and has written to, in KiB. */
  static long privateDirtyKib(long pid) {
    return field(Path.of("/proc/" + pid + "/smaps_rollup"), "Private_Dirty");
  }

  /** Memory of the process that is in RAM, in KiB. */
  static long residentKib(long pid) {
    return field(Path.of("/proc/" + pid + "/status"), "VmRSS");
  }

  private static long field(Path file, String name) {
    try {
      Matcher matcher =
          Pattern.compile("(?m)^" + name + ":\\s+(\\d+) kB$").matcher(Files.readString(file));
      return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Live processes whose environment holds that entry, such as {@code SNAKEPIT_RUN=…}. */
  static List<Long> bearing(String entry) {
    List<Long> pids = new ArrayList<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path process :
          entries.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        if (bears(process, entry)) {
          pids.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pids;
  }

  private static boolean bears(Path process, String entry) {
    try {
      String environment =
          new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
      // A process that waits to be reaped has no environment any more.
      return ("\0" + environment).contains("\0" + entry);
    } catch (IOException gone) {
      return false;
    }
  }
}
