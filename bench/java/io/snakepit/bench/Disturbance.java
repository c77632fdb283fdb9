package io.snakepit.bench;

import io.snakepit.process.ProcessTable;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of the machine others took while we measured. With some, every figure is too bad, and
 * ways through more threads suffer more than the floor does.
 */
final class Disturbance {
  private final List<Long> ours = new ArrayList<>();
  private final long start = System.nanoTime();
  private final double machine = ProcFiles.machineCpuNanos();
  private final double own;

  /** Begins now, with the processes that there are. */
  Disturbance(Bed bed) {
    ours.add(ProcessHandle.current().pid());
    ProcessTable.system().bearing(bed.children().mark()).forEach(entry -> ours.add(entry.pid()));
    own = ProcFiles.cpuNanos(ours);
  }

  /** The share of all cores that went to others since, 0 to 1; NaN if it can't be told. */
  double share() {
    double others = ProcFiles.machineCpuNanos() - machine - (ProcFiles.cpuNanos(ours) - own);
    double all = (double) (System.nanoTime() - start) * Runtime.getRuntime().availableProcessors();
    return Math.max(0, others / all);
  }
}
