package io.snakepit.bench;

import io.snakepit.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One host's {@code kill -9}, alone or together with its keeper's.
 *
 * @param processes that it had
 * @param millis from the last kill until nothing of it was left
 */
record HostEnd(int processes, double millis) {
  /** Tools of the hostile adapter, one for each of eight workers; two of them stay idle. */
  static final List<String> HOSTILE =
      List.of("hold_gil", "stop_itself", "ignore_sigterm", "loop", "child", "grandchild");

  static final int HOSTILE_WORKERS = 8;

  private static final String RUN_MARK = "SNAKEPIT_RUN";
  private static final String KEEPER = "snakepit-keeper";
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** The processes that are killed. */
  enum Victims {
    HOST,
    /** As quickly one after the other as this JVM can. */
    KEEPER_AND_HOST
  }

  /**
   * Starts a host, kills it, and waits until it is gone with all that it started.
   *
   * @param hostile tools that run on its workers meanwhile, one on each
   */
  static HostEnd measure(
      Bed bed, int workers, String startMethod, List<String> hostile, Victims victims) {
    try (ChildHost host = ChildHost.start(bed, workers, startMethod, hostile)) {
      ProcessTable table = ProcessTable.system();
      String run = table.environment(host.pids().get(0)).getOrDefault(RUN_MARK, "");
      Map<String, String> mark = Map.of(RUN_MARK, run);
      List<ProcessTable.Entry> left = new ArrayList<>(table.bearing(mark));
      int processes = left.size();
      if (victims == Victims.KEEPER_AND_HOST) {
        ProcessHandle.of(keeper(left)).orElseThrow().destroyForcibly();
      }
      host.kill();
      long killed = System.nanoTime();
      while (!left.isEmpty()) {
        left.removeIf(entry -> !table.alive(entry.pid(), entry.startTicks()));
        if (left.isEmpty()) {
          left.addAll(table.bearing(mark));
        }
        if (System.nanoTime() - killed > PATIENCE_NANOS) {
          throw new IllegalStateException("still alive after a host's end: " + left);
        }
      }
      return new HostEnd(processes, (System.nanoTime() - killed) / 1e6);
    }
  }

  private static long keeper(List<ProcessTable.Entry> processes) {
    return processes.stream()
        .map(ProcessTable.Entry::pid)
        .filter(pid -> name(pid).equals(KEEPER))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a host without a keeper: " + processes));
  }

  private static String name(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
    } catch (IOException gone) {
      return "";
    }
  }
}
