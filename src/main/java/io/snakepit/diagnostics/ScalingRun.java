package io.snakepit.diagnostics;

import io.snakepit.process.ProcessTable.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Run of a diagnosis: measures pools of 1, 2, 4 and more workers, one after the other. Stops
 * growing before the machine would be short of anything: a diagnosis must not be what brings it
 * down.
 */
public final class ScalingRun {
  /** The share of what is left that a diagnosis may use up. */
  private static final double CAREFUL = 0.5;

  private static final double NANOS_PER_MS = 1e6;

  private final Machine machine;
  private final Supplier<List<Entry>> processes;
  private final long host;
  private final Trial.Starter pools;
  private final Consumer<String> progress;

  /**
   * @param processes the machine's, anew each time
   * @param host the pid of the JVM that the pools belong to
   * @param progress is told what begins, in words for people
   */
  public ScalingRun(
      Machine machine,
      Supplier<List<Entry>> processes,
      long host,
      Trial.Starter pools,
      Consumer<String> progress) {
    this.machine = machine;
    this.processes = processes;
    this.host = host;
    this.pools = pools;
    this.progress = progress;
  }

  /**
   * Measures up to {@code max} workers, at least 1. Whatever it starts has ended when it returns.
   */
  public Scaling run(int max) {
    List<Step> steps = new ArrayList<>();
    List<Bound> bounds = List.of();
    warmUp();
    for (int workers : sizes(max)) {
      if (!steps.isEmpty() && !fits(workers, new Scaling(steps, bounds, max))) {
        progress.accept(
            "not measuring %,d workers: the machine is short of room".formatted(workers));
        break;
      }
      progress.accept("measuring %,d of up to %,d workers".formatted(workers, max));
      try (Trial trial = pools.start(workers)) {
        List<Entry> all = new ArrayList<>();
        steps.add(measure(workers, trial, all));
        bounds = new MachineBounds(machine).read(guardians(trial, all));
      }
    }
    return new Scaling(steps, bounds, max);
  }

  /**
   * Starts a pool that is not measured: the first of a JVM is slow to start, and opens files that
   * none after it needs.
   */
  private void warmUp() {
    progress.accept("warming up");
    pools.start(1).close();
  }

  /** Returns the powers of two up to the largest size, and that size itself. */
  static List<Integer> sizes(int max) {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 1; size < max; size *= 2) {
      sizes.add(size);
    }
    sizes.add(max);
    return sizes;
  }

  private static boolean fits(int workers, Scaling sofar) {
    int more = workers - sofar.last().workers();
    return sofar.bounds().stream()
        .filter(bound -> bound.resource().hard())
        .noneMatch(bound -> more * sofar.perWorker(bound.resource()) > CAREFUL * bound.left());
  }

  /**
   * Measures a pool after it has computed: a worker that has worked is larger than one that never
   * did.
   */
  private Step measure(int workers, Trial trial, List<Entry> all) {
    double callsPerSecond = trial.callsPerSecond();
    all.addAll(processes.get());
    Guardians guardians = guardians(trial, all);
    List<Footprint> each =
        trial.workers().stream().map(pid -> Footprint.of(pid, all, machine)).toList();
    return new Step(
        workers,
        trial.startTime().toNanos() / NANOS_PER_MS,
        callsPerSecond,
        Footprint.mean(each),
        files(String.valueOf(host)),
        files(guardians.keeper()),
        files(guardians.forkServer()));
  }

  private Guardians guardians(Trial trial, List<Entry> all) {
    return trial.workers().stream()
        .findFirst()
        .map(worker -> Guardians.of(worker, host, all))
        .orElse(new Guardians(null, null));
  }

  private double files(@Nullable String pid) {
    int open = pid == null ? 0 : machine.names("/proc/" + pid + "/fd").size();
    return open == 0 ? Double.NaN : open;
  }
}
