package io.snakepit.diagnostics;

import io.snakepit.process.ProcessTable.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Resources that one worker takes, with all that it has started. Each is NaN where unknown.
 *
 * @param privateBytes memory that is its alone: what its end would give back
 * @param pssBytes its fair share: private memory, and of what is shared a part for each sharer
 * @param processes itself included
 * @param tasks threads of all of them, which is what the kernel counts as pids
 * @param files descriptors that are open in all of them
 */
public record Footprint(
    double privateBytes, double pssBytes, double processes, double tasks, double files) {

  static Footprint of(long worker, List<Entry> all, Machine machine) {
    List<Long> family = family(worker, all);
    return new Footprint(
        sum(family, pid -> smaps(machine, pid, "Private_(?:Clean|Dirty|Hugetlb)")),
        sum(family, pid -> smaps(machine, pid, "Pss")),
        all.isEmpty() ? Double.NaN : family.size(),
        sum(family, pid -> count(machine, pid, "task")),
        sum(family, pid -> count(machine, pid, "fd")));
  }

  /** Returns the mean of each figure. */
  static Footprint mean(List<Footprint> footprints) {
    return new Footprint(
        mean(footprints, Footprint::privateBytes),
        mean(footprints, Footprint::pssBytes),
        mean(footprints, Footprint::processes),
        mean(footprints, Footprint::tasks),
        mean(footprints, Footprint::files));
  }

  /**
   * Returns a worker's descendants, and processes that are still in its session although their
   * parent is gone.
   */
  private static List<Long> family(long worker, List<Entry> all) {
    List<Long> found = new ArrayList<>(List.of(worker));
    int before;
    do {
      before = found.size();
      for (Entry each : all) {
        boolean belongs = found.contains(each.parent()) || each.session() == worker;
        if (belongs && !found.contains(each.pid())) {
          found.add(each.pid());
        }
      }
    } while (found.size() > before);
    return found;
  }

  private static double smaps(Machine machine, long pid, String key) {
    return Figures.kibibytes(machine.read("/proc/" + pid + "/smaps_rollup"), key);
  }

  private static double count(Machine machine, long pid, String what) {
    int found = machine.names("/proc/" + pid + "/" + what).size();
    return found == 0 ? Double.NaN : found;
  }

  /**
   * Returns the sum over those processes that are still there: a tool's child may have ended
   * meanwhile.
   */
  private static double sum(List<Long> family, ToDoubleFunction<Long> figure) {
    double[] known =
        family.stream().mapToDouble(figure).filter(each -> !Double.isNaN(each)).toArray();
    return known.length == 0 ? Double.NaN : Arrays.stream(known).sum();
  }

  private static double mean(List<Footprint> all, ToDoubleFunction<Footprint> figure) {
    return all.stream()
        .mapToDouble(figure)
        .filter(each -> !Double.isNaN(each))
        .average()
        .orElse(Double.NaN);
  }
}
