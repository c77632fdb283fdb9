package io.snakepit.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * CPU time of this JVM, all threads and an in-process load generator included, and of the workers.
 */
final class CpuMeter {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final List<Long> workers;

  /** CPU times since some beginning, in nanoseconds. */
  record Reading(double hostNanos, double workerNanos) {
    Reading since(Reading before) {
      return new Reading(hostNanos - before.hostNanos, workerNanos - before.workerNanos);
    }
  }

  CpuMeter(List<Long> workers) {
    this.workers = workers;
  }

  /** Returns the CPU time of this JVM. */
  static long ofThisProcess() {
    return SYSTEM.getProcessCpuTime();
  }

  Reading read() {
    return new Reading(ofThisProcess(), ProcFiles.cpuNanos(workers));
  }
}
