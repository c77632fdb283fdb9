package io.snakepit.bench;

import java.util.List;

/**
 * Measures the cost of a host with many idle workers: pings and their answers, and nothing else.
 */
final class IdlePart implements Part.Measurement {
  @Override
  public void run(Bed bed, Results results) {
    int workers = bed.plan().idle().watched();
    bed.say("idle: %d workers with heartbeats".formatted(workers));
    try (ChildHost host = ChildHost.start(bed, workers, StartMethods.FORKSERVER)) {
      Pause.millis(bed.plan().idle().settle().toMillis());
      List<Long> pid = List.of(host.pid());
      double before = ProcFiles.cpuNanos(pid);
      long begun = System.nanoTime();
      Pause.millis(bed.plan().idle().watch().toMillis());
      double cpu = ProcFiles.cpuNanos(pid) - before;
      double share = cpu / (System.nanoTime() - begun);
      results.idles.add(new Results.Idle(workers, share));
    }
  }
}
