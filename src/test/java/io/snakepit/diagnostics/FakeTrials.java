package io.snakepit.diagnostics;

import io.snakepit.process.ProcessTable.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Trials whose pools are numbers only: {@code n} workers take {@code n} times the same. Worker n
 * has pid 1000 + n, the fork server 20, the keeper 10, its guard 5, the host 1.
 */
public final class FakeTrials implements Trial.Starter {
  public static final long HOST = 1;

  private final FakeMachine machine;
  private final double callsPerWorker;
  private final List<Integer> started = new ArrayList<>();
  private int open;
  private boolean computed;

  /**
   * @param callsPerWorker per second, up to the machine's processors; NaN: can't be measured
   */
  public FakeTrials(FakeMachine machine, double callsPerWorker) {
    this.machine = machine;
    this.callsPerWorker = callsPerWorker;
  }

  /** Returns the sizes of the pools, in their order. */
  public List<Integer> started() {
    return started;
  }

  /** Returns the number of pools that have not ended. */
  public int open() {
    return open;
  }

  @Override
  public Trial start(int workers) {
    started.add(workers);
    open++;
    computed = false;
    machine
        .process(10, 1, 6 + 2 * workers)
        .file("/proc/10/limits", FakeMachine.limits("1024"))
        .process(20, 1, 8)
        .file("/proc/20/limits", FakeMachine.limits("1024"))
        .process(HOST, 30, 70 + 3 * workers);
    for (int i = 0; i < 70 + 3 * workers; i++) {
      machine.file("/proc/self/fd/" + i, "");
    }
    pids(workers).forEach(pid -> machine.process(pid, 2, 5));
    return new FakeTrial(workers);
  }

  private static LongStream pids(int workers) {
    return LongStream.rangeClosed(1001, 1000 + workers);
  }

  /** Returns the machine's processes while that many workers run. */
  public List<Entry> processes() {
    List<Entry> all = new ArrayList<>();
    all.add(new Entry(5, HOST, 5, 5, 'S', 1));
    all.add(new Entry(10, 5, 10, 10, 'S', 1));
    all.add(new Entry(20, 10, 20, 20, 'S', 1));
    pids(started.get(started.size() - 1))
        .forEach(pid -> all.add(new Entry(pid, 20, pid, pid, 'S', 1)));
    return all;
  }

  private final class FakeTrial implements Trial {
    private final int workers;

    FakeTrial(int workers) {
      this.workers = workers;
    }

    @Override
    public Duration startTime() {
      return Duration.ofMillis(100 + 5L * workers);
    }

    /** Returns the workers' pids; workers that have computed hold more memory. */
    @Override
    public List<Long> workers() {
      String memory = "Pss: 2048 kB\nPrivate_Dirty: %d kB\n".formatted(computed ? 1024 : 512);
      pids(workers).forEach(pid -> machine.file("/proc/" + pid + "/smaps_rollup", memory));
      return pids(workers).boxed().toList();
    }

    @Override
    public double callsPerSecond() {
      computed = true;
      return callsPerWorker * Math.min(workers, machine.processors());
    }

    @Override
    public void close() {
      open--;
    }
  }
}
