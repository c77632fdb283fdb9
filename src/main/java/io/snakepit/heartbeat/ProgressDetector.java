package io.snakepit.heartbeat;

import io.snakepit.bus.Pulse;
import io.snakepit.heartbeat.Verdict.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A detector of workers that answer no pings because they compute: native code in them holds the
 * interpreter's lock, and uses the processor. Until their calls' time is over, they count as having
 * answered. It stands before the {@link FailureDetector}, which sees the pulses that this returns.
 * Pure: no clock, no file.
 *
 * <p>Threads are looked at one by one, for each that waits for the lock wakes up 200 times a second
 * and so uses up to 0.3 % of a core: all those of a worker that itself waits with the lock held
 * would together look like work. One thread that has had {@link #LEAST_SHARE} of a core computes. A
 * worker that shares two cores with fifty others that compute gets twice as much.
 *
 * <p>Little time is collected until it is enough, or until the failure detector has lost its
 * patience. Time that has sufficed does not count again, so that a worker that computes no more is
 * found as soon as ever.
 *
 * <p>Times are nanoseconds of one monotonic clock.
 */
final class ProgressDetector {
  /** The part of one core that a thread must have had since it was last seen to compute. */
  static final double LEAST_SHARE = 0.02;

  /** The least processor time, as the kernel counts in steps of 10 ms. */
  static final long LEAST_MS = 20;

  private final Map<String, Progress> silent = new HashMap<>();

  /** The memory of one worker that answers no pings. */
  private static final class Progress {
    Map<Long, Long> usedMs;
    long since;
    boolean computes;
    boolean hasComputed;

    Progress(Map<Long, Long> usedMs, long since) {
      this.usedMs = usedMs;
      this.since = since;
    }
  }

  /**
   * Returns the workers whose processor time is to be {@linkplain #observe observed}: they do not
   * answer, and have calls whose time is not over. Forgets all others.
   */
  List<Pulse> silent(List<Pulse> pulses) {
    List<Pulse> found =
        pulses.stream().filter(p -> p.isUnanswered() && p.inTime() && p.pid() > 0).toList();
    Set<String> names = found.stream().map(Pulse::worker).collect(Collectors.toSet());
    silent.keySet().retainAll(names);
    return found;
  }

  /** Returns whether a worker has not been observed yet: once is no progress. */
  boolean isUnknown(String worker) {
    return !silent.containsKey(worker);
  }

  /**
   * Notes the processor time that each thread of a worker has used so far.
   *
   * @param usedMs by the thread's id; empty where it can't be read
   */
  void observe(String worker, Map<Long, Long> usedMs, long now) {
    Progress progress = silent.get(worker);
    if (progress == null) {
      silent.put(worker, new Progress(usedMs, now));
      return;
    }
    if (TimeUnit.NANOSECONDS.toMillis(now - progress.since) < LEAST_MS) {
      return; // no thread can have had enough of a core yet: this tells nothing new
    }
    progress.computes = most(progress.usedMs, usedMs) >= enough(now - progress.since);
    if (progress.computes) {
      progress.hasComputed = true;
      progress.usedMs = usedMs;
      progress.since = now;
    }
  }

  /** Returns how much the thread that has used most has used since. */
  private static long most(Map<Long, Long> before, Map<Long, Long> usedMs) {
    return usedMs.entrySet().stream()
        .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
        .max()
        .orElse(0);
  }

  private static double enough(long nanos) {
    return Math.max(LEAST_MS, LEAST_SHARE * TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** Returns the pulses as they are to be judged: to compute is to answer. */
  List<Pulse> judged(List<Pulse> pulses) {
    return pulses.stream().map(this::judged).toList();
  }

  private Pulse judged(Pulse pulse) {
    Progress progress = silent.get(pulse.worker());
    if (progress == null || !progress.hasComputed) {
      return pulse;
    }
    return progress.computes
        ? pulse.withAllAnswered(progress.since)
        : pulse.withAnsweredAt(progress.since);
  }

  /** Returns the reason for a verdict, as it is to be told. */
  String reason(Verdict verdict) {
    Progress progress = silent.get(verdict.worker());
    return verdict.kind() == Kind.RECOVERED && progress != null
        ? "answers no heartbeats, but computes in a call whose time is not over"
        : verdict.reason();
  }
}
