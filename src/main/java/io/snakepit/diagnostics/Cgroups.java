package io.snakepit.diagnostics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The control groups that this JVM and its workers are in. A group is bound by its own limits and
 * by those of each group above; a container often sees only its own. Both versions count, for a
 * machine may have some controllers in each.
 */
final class Cgroups {
  private static final String V2 = "";

  private final Machine machine;
  private final List<String> memberships;
  private final List<String[]> mounts;

  Cgroups(Machine machine) {
    this.machine = machine;
    this.memberships = lines("/proc/self/cgroup");
    this.mounts =
        lines("/proc/self/mountinfo").stream()
            .map(line -> line.split(" ", -1))
            .filter(fields -> fields.length > 6)
            .toList();
  }

  Bound memory() {
    double v2 = tightest(V2, this::memoryLeft2);
    double v1 = tightest("memory", this::memoryLeft1);
    return tighter(Resource.MEMORY, "cgroup memory.max", v2, "cgroup memory.limit_in_bytes", v1);
  }

  Bound pids() {
    double v2 = tightest(V2, this::pidsLeft);
    double v1 = tightest("pids", this::pidsLeft);
    return tighter(Resource.PIDS, "cgroup pids.max", v2, "cgroup pids.max", v1);
  }

  /** Returns the bound of processor time: 1.5 is one processor and half of another's. */
  Bound cpu() {
    double v2 = tightest(V2, this::quota2);
    double v1 = tightest("cpu", this::quota1);
    return tighter(Resource.CPU, "cgroup cpu.max", v2, "cgroup cpu.cfs_quota_us", v1);
  }

  private Bound tighter(Resource resource, String name2, double v2, String name1, double v1) {
    if (memberships.isEmpty()) {
      return Bound.unknown(resource, name2);
    }
    return v1 < v2 ? new Bound(resource, name1, v1) : new Bound(resource, name2, v2);
  }

  private double memoryLeft2(String group) {
    double cache = Figures.after(machine.read(group + "/memory.stat"), "inactive_file");
    return left(group + "/memory.max", group + "/memory.current", cache);
  }

  private double memoryLeft1(String group) {
    double cache = Figures.after(machine.read(group + "/memory.stat"), "total_inactive_file");
    return left(group + "/memory.limit_in_bytes", group + "/memory.usage_in_bytes", cache);
  }

  private double pidsLeft(String group) {
    return left(group + "/pids.max", group + "/pids.current", 0);
  }

  /**
   * Returns what is left of memory, caches counted as free: the kernel gives them up before it
   * refuses memory.
   */
  private double left(String limitFile, String usedFile, double reclaimable) {
    double limit = Figures.limit(machine.read(limitFile));
    double used = Figures.number(machine.read(usedFile));
    return limit - (Double.isNaN(used) ? 0 : used) + (Double.isNaN(reclaimable) ? 0 : reclaimable);
  }

  private double quota2(String group) {
    double[] quotaAndPeriod = Figures.columns(machine.read(group + "/cpu.max"));
    return quotaAndPeriod.length < 2 ? Double.NaN : quotaAndPeriod[0] / quotaAndPeriod[1];
  }

  private double quota1(String group) {
    double quota = Figures.number(machine.read(group + "/cpu.cfs_quota_us"));
    double period = Figures.number(machine.read(group + "/cpu.cfs_period_us"));
    return quota < 0 ? Double.POSITIVE_INFINITY : quota / period;
  }

  /** Returns the least of our group's limit and of those above; infinite where none has any. */
  private double tightest(String controller, ToDoubleFunction<String> left) {
    return groups(controller).stream()
        .mapToDouble(left)
        .filter(each -> !Double.isNaN(each))
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Returns directories, from our own group up to the highest that can be seen. */
  private List<String> groups(String controller) {
    for (String[] mount : mounts) {
      if (carries(mount, controller)) {
        return upward(mount[4], below(mount[3], path(controller)));
      }
    }
    return List.of();
  }

  /**
   * Returns whether a line {@code id parent device root place options … - type source superOptions}
   * is the mount of a controller.
   */
  private static boolean carries(String[] mount, String controller) {
    String type = mount[mount.length - 3];
    String options = mount[mount.length - 1];
    return controller.equals(V2)
        ? type.equals("cgroup2")
        : type.equals("cgroup") && Arrays.asList(options.split(",", -1)).contains(controller);
  }

  /** Returns our group's path, from a line {@code id:controllers:path}. */
  private String path(String controller) {
    for (String line : memberships) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && Arrays.asList(parts[1].split(",", -1)).contains(controller)) {
        return parts[2];
      }
    }
    return "/";
  }

  /**
   * Returns a path below a mount's root: a container may have its own group mounted as the root,
   * and still see its path from outside.
   */
  private static String below(String root, String path) {
    if (path.startsWith("/..")) {
      return "/";
    }
    if (root.equals("/")) {
      return path;
    }
    boolean within = path.equals(root) || path.startsWith(root + "/");
    return within ? path.substring(root.length()) : "/";
  }

  private static List<String> upward(String place, String path) {
    List<String> found = new ArrayList<>();
    String rest = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    while (!rest.isEmpty()) {
      found.add(place + rest);
      rest = rest.substring(0, rest.lastIndexOf('/'));
    }
    found.add(place);
    return found;
  }

  private List<String> lines(String file) {
    String text = machine.read(file);
    return text == null ? List.of() : text.lines().toList();
  }
}
