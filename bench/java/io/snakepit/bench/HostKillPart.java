package io.snakepit.bench;

import io.snakepit.process.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kills a host with all its workers idle, and waits until nothing of it is left. */
final class HostKillPart implements Part.Measurement {
  private static final String RUN_MARK = "SNAKEPIT_RUN";
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private int processes;

  @Override
  public void run(Bed bed, Results results) {
    int workers = bed.plan().orphans();
    List<Double> millis = new ArrayList<>();
    for (int i = 1; i <= bed.plan().hostKills(); i++) {
      bed.say("host-kill: %d of %d, %d workers".formatted(i, bed.plan().hostKills(), workers));
      millis.add(measure(bed, workers));
    }
    results.hostKills.add(new Results.HostKill(workers, processes, Median.of(millis)));
  }

  private double measure(Bed bed, int workers) {
    try (ChildHost host = ChildHost.start(bed, workers, StartMethods.FORKSERVER)) {
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
