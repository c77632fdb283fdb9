package io.snakepit.diagnostics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A machine that a test writes: its files, and with them its directories. */
public final class FakeMachine implements Machine {
  private final Map<String, String> files = new TreeMap<>();
  private int processors = 1;

  /** Writes a file, in place of what was there. */
  public FakeMachine file(String path, String text) {
    files.put(path, text);
    return this;
  }

  /** Gives a process that many threads and descriptors. */
  public FakeMachine process(long pid, int threads, int descriptors) {
    for (int i = 0; i < threads; i++) {
      file("/proc/" + pid + "/task/" + (pid + i) + "/stat", "");
    }
    for (int i = 0; i < descriptors; i++) {
      file("/proc/" + pid + "/fd/" + i, "");
    }
    return this;
  }

  public FakeMachine processors(int number) {
    processors = number;
    return this;
  }

  @Override
  public @Nullable String read(String path) {
    return files.get(path);
  }

  @Override
  public List<String> names(String directory) {
    TreeSet<String> names = new TreeSet<>();
    files.keySet().stream()
        .filter(path -> path.startsWith(directory + "/"))
        .forEach(path -> names.add(path.substring(directory.length() + 1).split("/", 2)[0]));
    return List.copyOf(names);
  }

  @Override
  public int processors() {
    return processors;
  }

  /**
   * Returns a Linux without limits but its own: 8 GiB are available, 1000 of 32768 pids are taken.
   */
  public static FakeMachine linux() {
    return new FakeMachine()
        .processors(4)
        .file("/proc/meminfo", "MemTotal:  16777216 kB\nMemAvailable:    8388608 kB\n")
        .file("/proc/loadavg", "0.23 1.81 1.99 1/1000 28864\n")
        .file("/proc/sys/kernel/pid_max", "32768\n")
        .file("/proc/sys/kernel/threads-max", "192730\n")
        .file("/proc/sys/fs/file-nr", "400\t0\t9223372036854775807\n")
        .file("/proc/self/status", "Name:\tjava\nUid:\t0\t0\t0\t0\nThreads:\t30\n")
        .file("/proc/self/limits", limits("4096"))
        .file("/proc/self/cgroup", "0::/\n")
        .file("/proc/self/mountinfo", "");
  }

  /** Returns the relevant lines of {@code /proc/PID/limits}. */
  public static String limits(String openFiles) {
    return """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             500                  600                  processes
        Max open files            %s                   20000                files
        """
        .formatted(openFiles);
  }
}
