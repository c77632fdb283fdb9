package io.snakepit.bench;

import java.util.List;

/** Measures the memory of workers that have not been called yet, and of a JVM that only serves. */
final class MemoryPart implements Part.Measurement {
  static final String WORKER = "idleWorkerPrivate";
  static final String HOST = "hostResident";

  private static final long REST_MS = 500;

  @Override
  public void run(Bed bed, Results results) {
    int workers = bed.plan().idle().workers();
    for (String method : StartMethods.ALL) {
      bed.say("memory: %d idle workers, %s".formatted(workers, method));
      try (ChildHost host = ChildHost.start(bed, workers, method)) {
        Pause.millis(REST_MS);
        List<Double> each = host.pids().stream().map(ProcFiles::privateDirtyBytes).toList();
        results.memory.add(new Results.Memory(WORKER, method, Median.of(each)));
        if (method.equals(StartMethods.FORKSERVER)) {
          double resident = ProcFiles.residentBytes(host.pid());
          results.memory.add(new Results.Memory(HOST, method, resident));
        }
      }
    }
  }
}
