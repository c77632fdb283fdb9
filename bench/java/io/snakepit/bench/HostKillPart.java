package io.snakepit.bench;

import io.snakepit.process.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kills a host, with its workers idle or resisting, and waits until nothing of it is left. */
final class HostKillPart implements Part.Measurement {
  /** Tools of the hostile adapter, one for each of eight workers; two of them stay idle. */
  private static final List<String> HOSTILE =
      List.of("hold_gil", "stop_itself", "ignore_sigterm", "loop", "child", "grandchild");

  private static final int HOSTILE_WORKERS = 8;
  private static final String RUN_MARK = "SNAKEPIT_RUN";
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private int processes;

  @Override
  public void run(Bed bed, Results results) {
    int workers = bed.plan().kills().orphans();
    results.hostKills.add(measure(bed, workers, StartMethods.FORKSERVER, List.of()));
    for (String method : StartMethods.ALL) {
      results.hostKills.add(measure(bed, HOSTILE_WORKERS, method, HOSTILE));
    }
  }

  private Results.HostKill measure(Bed bed, int workers, String method, List<String> hostile) {
    List<Double> millis = new ArrayList<>();
    for (int i = 1; i <= bed.plan().kills().hosts(); i++) {
      bed.say(
          "host-kill: %d of %d, %d %s workers, %s"
              .formatted(
                  i,
                  bed.plan().kills().hosts(),
                  workers,
                  hostile.isEmpty() ? "idle" : "hostile",
                  method));
      millis.add(kill(bed, workers, method, hostile));
    }
    return new Results.HostKill(workers, method, !hostile.isEmpty(), processes, Median.of(millis));
  }

  private double kill(Bed bed, int workers, String method, List<String> hostile) {
    try (ChildHost host = ChildHost.start(bed, workers, method, hostile)) {
      ProcessTable table = ProcessTable.system();
      String run = table.environment(host.pids().get(0)).getOrDefault(RUN_MARK, "");
      Map<String, String> mark = Map.of(RUN_MARK, run);
      List<ProcessTable.Entry> left = new ArrayList<>(table.bearing(mark));
      processes = left.size();
      long killed = System.nanoTime();
      host.kill();
      while (!left.isEmpty()) {
        left.removeIf(entry -> !table.alive(entry.pid(), entry.startTicks()));
        if (left.isEmpty()) {
          left.addAll(table.bearing(mark));
        }
        if (System.nanoTime() - killed > PATIENCE_NANOS) {
          throw new IllegalStateException("still alive after a host's end: " + left);
        }
      }
      return (System.nanoTime() - killed) / 1e6;
    }
  }
}
