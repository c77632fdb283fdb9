package io.snakepit.diagnostics;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the bounds of all resources that workers take, besides what running ones have taken.
 */
final class MachineBounds {
  private static final String SELF = "self";
  private static final String OPEN_FILES = "Max open files";

  private final Machine machine;
  private final Cgroups cgroups;

  MachineBounds(Machine machine) {
    this.machine = machine;
    this.cgroups = new Cgroups(machine);
  }

  /** Reads the bounds of all resources, for a pool with those guardians. */
  List<Bound> read(Guardians guardians) {
    List<Bound> found = new ArrayList<>();
    found.add(available());
    found.add(cgroups.memory());
    found.addAll(pids());
    found.add(files(Resource.HOST_FILES, SELF));
    found.add(files(Resource.KEEPER_FILES, guardians.keeper()));
    if (guardians.forkServer() != null) {
      found.add(files(Resource.FORK_SERVER_FILES, guardians.forkServer()));
    }
    found.add(machineFiles());
    found.add(new Bound(Resource.CPU, "processors", machine.processors()));
    found.add(cgroups.cpu());
    return found;
  }

  private Bound available() {
    double left = Figures.kibibytes(machine.read("/proc/meminfo"), "MemAvailable");
    return new Bound(Resource.MEMORY, "MemAvailable", left);
  }

  private List<Bound> pids() {
    // "0.23 1.81 1.99 1/84 28864": 84 of them exist.
    double[] load = Figures.columns(machine.read("/proc/loadavg"));
    double all = load.length > 4 ? load[4] : Double.NaN;
    return List.of(
        cgroups.pids(),
        Bound.of(Resource.PIDS, "kernel.pid_max", sysctl("kernel/pid_max"), all),
        Bound.of(Resource.PIDS, "kernel.threads-max", sysctl("kernel/threads-max"), all),
        userLimit());
  }

  /**
   * Returns the bound of the user's processes, to which the kernel holds neither root nor its own
   * users.
   */
  private Bound userLimit() {
    String source = "RLIMIT_NPROC";
    double user = Figures.after(machine.read("/proc/self/status"), "Uid:");
    double limit = Figures.softLimit(machine.read("/proc/self/limits"), "Max processes");
    boolean free = user == 0 || Double.isInfinite(limit);
    return free
        ? new Bound(Resource.PIDS, source, Double.POSITIVE_INFINITY)
        : Bound.of(Resource.PIDS, source, limit, tasksOf(user));
  }

  /** Returns the number of a user's tasks; NaN if that is unknown. */
  private double tasksOf(double user) {
    double sum = 0;
    for (String name : machine.names("/proc")) {
      if (name.matches("[0-9]+")) {
        String status = machine.read("/proc/" + name + "/status");
        double threads = Figures.after(status, "Threads:");
        sum += Figures.after(status, "Uid:") == user && threads > 0 ? threads : 0;
      }
    }
    return Double.isNaN(user) ? user : sum;
  }

  private Bound files(Resource resource, @Nullable String pid) {
    String source = "RLIMIT_NOFILE";
    if (pid == null) {
      return Bound.unknown(resource, source);
    }
    double limit = Figures.softLimit(machine.read("/proc/" + pid + "/limits"), OPEN_FILES);
    return Bound.of(resource, source, limit, machine.names("/proc/" + pid + "/fd").size());
  }

  private Bound machineFiles() {
    // "377 0 2466177": in use, free, at most.
    double[] files = Figures.columns(machine.read("/proc/sys/fs/file-nr"));
    return files.length < 3
        ? Bound.unknown(Resource.MACHINE_FILES, "fs.file-max")
        : Bound.of(Resource.MACHINE_FILES, "fs.file-max", files[2], files[0]);
  }

  private double sysctl(String name) {
    return Figures.limit(machine.read("/proc/sys/" + name));
  }
}
