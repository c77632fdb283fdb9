package io.snakepit.process;

import io.snakepit.process.ProcessTable.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The killing of all that bears certain marks in its environment, and of processes known by pid and
 * start time, repeated until nothing of them is there. Blocks: for worker threads.
 */
public final class Sweep {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final ProcessTable table;
  private final Map<String, String> marks;
  private final List<Entry> known;

  /**
   * The outcome of a sweep.
   *
   * @param killed processes that have got SIGKILL
   * @param left those that are there all the same: they hang in the kernel, or are not ours
   */
  public record Result(List<Entry> killed, List<Entry> left) {}

  /**
   * Makes a sweep.
   *
   * @param marks as {@link ProcessTable#bearing} takes them; never empty
   * @param known processes that are meant too, whatever they bear
   */
  public Sweep(ProcessTable table, Map<String, String> marks, List<Entry> known) {
    if (marks.isEmpty()) {
      throw new IllegalArgumentException("a sweep needs marks: everything bears none");
    }
    this.table = table;
    this.marks = Map.copyOf(marks);
    this.known = List.copyOf(known);
  }

  /** Sends SIGKILL to what bears the marks, by pid and start time. */
  public static Result kill(ProcessTable table, Map<String, String> marks, Duration patience) {
    return new Sweep(table, marks, List.of()).kill(patience);
  }

  /** Returns what is to be killed as things stand. */
  public List<Entry> find() {
    List<Entry> found = new ArrayList<>(table.bearing(marks));
    for (Entry each : known) {
      boolean listed = found.stream().anyMatch(each::same);
      if (!listed && table.alive(each.pid(), each.startTicks())) {
        found.add(each);
      }
    }
    return found;
  }

  /**
   * Sends SIGKILL to what is found, by pid and start time.
   *
   * @param patience how long to go on
   */
  public Result kill(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE.toNanos();
    Map<String, Entry> killed = new LinkedHashMap<>();
    List<Entry> left = find();
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      for (Entry process : left) {
        if (Signals.send(table, process, Signals.KILL) == Signals.Outcome.SENT) {
          killed.putIfAbsent(process.pid() + "/" + process.startTicks(), process);
        }
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
      left = find();
    }
    return new Result(List.copyOf(killed.values()), left);
  }
}
