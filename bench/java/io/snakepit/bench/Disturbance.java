package io.snakepit.bench;

import io.snakepit.process.ProcessTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The share of the machine that other processes took during a measurement. With some, every figure
 * is too bad, and ways through more threads suffer more than the floor does.
 */
final class Disturbance {
  private final List<Long> ours = new ArrayList<>();
  private final long start = System.nanoTime();
  private final double machine = ProcFiles.machineCpuNanos();
  private final double own;

  /** Begins a measurement now, with the processes that exist. */
  Disturbance(Bed bed) {
    ours.add(ProcessHandle.current().pid());
    ProcessTable.system().bearing(bed.children().mark()).forEach(entry -> ours.add(entry.pid()));
    own = ProcFiles.cpuNanos(ours);
  }

  /**
   * Returns the share of all cores that other processes took since the beginning, 0 to 1; NaN if it
   * can't be told.
   */
  double share() {
    double others = ProcFiles.machineCpuNanos() - machine - (ProcFiles.cpuNanos(ours) - own);
    double all = (double) (System.nanoTime() - start) * Runtime.getRuntime().availableProcessors();
    return Math.max(0, others / all);
  }
}
