package io.snakepit.process;

import io.snakepit.process.ProcessTable.Entry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills all that bears certain marks in its environment, again and again until nothing does.
 * Blocks: for worker threads.
 */
public final class Sweep {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  /**
   * What came of it.
   *
   * @param killed processes that have got SIGKILL
   * @param left those that are there all the same: they hang in the kernel, or are not ours
   */
  public record Result(int killed, List<Entry> left) {}

  private Sweep() {}

  /**
   * Sends SIGKILL to what bears the marks, by pid and start time.
   *
   * @param marks as {@link ProcessTable#bearing} takes them; never empty
   * @param patience how long to go on
   */
  public static Result kill(ProcessTable table, Map<String, String> marks, Duration patience) {
    if (marks.isEmpty()) {
      throw new IllegalArgumentException("a sweep needs marks: everything bears none");
    }
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE.toNanos();
    Set<Entry> killed = new HashSet<>();
    List<Entry> left = table.bearing(marks);
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      for (Entry process : left) {
        if (Signals.send(table, process, Signals.KILL) == Signals.Outcome.SENT) {
          killed.add(named(process));
        }
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
      left = table.bearing(marks);
    }
    return new Result(killed.size(), left);
  }

  /** Without what changes while it lives. */
  private static Entry named(Entry process) {
    return new Entry(process.pid(), 0, 0, 0, '?', process.startTicks());
  }
}
