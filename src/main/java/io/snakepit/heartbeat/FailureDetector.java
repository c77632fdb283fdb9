package io.snakepit.heartbeat;

import io.snakepit.bus.Pulse;
import io.snakepit.heartbeat.Verdict.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A detector of workers that have stopped living, for one pool. Pure: no clock, no timer, no bus.
 *
 * <p>At each look it is told how the hearts beat. A ping that was sent at one look and is not
 * answered by the next is missed; {@code maxMissed} in a row are a timeout, and so is a silence of
 * {@code timeout} with a ping unanswered, whichever comes first.
 *
 * <p>A look that comes late accuses nobody: the host itself has stood still, be it stopped, swapped
 * out or collecting garbage, and answers may lie unread. Every worker gets its full time again.
 * This is the second look of the accrual failure detectors' literature, in its simplest form.
 *
 * <p>Times are nanoseconds of one monotonic clock.
 */
final class FailureDetector {
  private final long intervalNanos;
  private final long timeoutNanos;
  private final int maxMissed;
  private final Map<String, Heart> hearts = new HashMap<>();
  private boolean looked;
  private long nextPing;
  private long nextLook;

  /** The memory of one worker's answers. */
  private static final class Heart {
    long answered;
    long awaited;
    int missed;
    boolean suspected;
    long silentSince;
  }

  FailureDetector(long intervalNanos, long timeoutNanos, int maxMissed) {
    this.intervalNanos = intervalNanos;
    this.timeoutNanos = timeoutNanos;
    this.maxMissed = maxMissed;
  }

  /** Returns whether a look at that time is one at which pings go out. */
  boolean pingsAt(long now) {
    return !looked || nextPing - now <= 0;
  }

  /**
   * Judges the workers by their pulses.
   *
   * @param pulses all workers that take calls; one that is missing is forgotten
   * @param pinged whether each has got a ping right after
   */
  List<Verdict> look(List<Pulse> pulses, boolean pinged, long now) {
    boolean late = looked && now - nextLook > intervalNanos / 2;
    hearts.keySet().retainAll(pulses.stream().map(Pulse::worker).toList());
    List<Verdict> verdicts = new ArrayList<>(0);
    if (pinged) {
      nextPing = now + intervalNanos;
    }
    nextLook = nextPing;
    for (Pulse pulse : pulses) {
      Heart heart = hearts.computeIfAbsent(pulse.worker(), known -> new Heart());
      if (late) {
        heart.silentSince = now;
      } else {
        judge(pulse, heart, pinged, now, verdicts);
      }
      heart.answered = Math.max(heart.answered, pulse.answered());
      if (pinged) {
        heart.awaited = pulse.sent() + 1;
      }
      lookOnTimeout(pulse, heart);
    }
    looked = true;
    return verdicts;
  }

  private void judge(Pulse pulse, Heart heart, boolean pinged, long now, List<Verdict> verdicts) {
    if (pulse.answered() > heart.answered) {
      if (heart.suspected) {
        verdicts.add(new Verdict(Kind.RECOVERED, pulse.worker(), "answers heartbeats again"));
      }
      heart.suspected = false;
      heart.missed = 0;
    } else if (pinged && pulse.isUnanswered() && pulse.sent() == heart.awaited) {
      heart.suspected = true;
      heart.missed++;
      verdicts.add(new Verdict(Kind.MISSED, pulse.worker(), missed(heart)));
    }
    long silence = now - silentSince(pulse, heart);
    if (heart.missed >= maxMissed || (pulse.isUnanswered() && silence >= timeoutNanos)) {
      verdicts.add(new Verdict(Kind.TIMEOUT, pulse.worker(), timedOut(heart, silence)));
      heart.missed = 0;
      heart.silentSince = now;
    }
  }

  private static long silentSince(Pulse pulse, Heart heart) {
    boolean graced = heart.silentSince != 0 && heart.silentSince - pulse.answeredAt() > 0;
    return graced ? heart.silentSince : pulse.answeredAt();
  }

  private String missed(Heart heart) {
    return "heartbeat %d of %d not answered within %d ms"
        .formatted(heart.missed, maxMissed, TimeUnit.NANOSECONDS.toMillis(intervalNanos));
  }

  private static String timedOut(Heart heart, long silence) {
    return "gave no sign of life for %d ms (%d heartbeats missed): it hangs, or holds the interpreter's lock in native code"
        .formatted(TimeUnit.NANOSECONDS.toMillis(silence), heart.missed);
  }

  /** Returns when a look is due: for the next pings, or since somebody's time is up before that. */
  long nextLook() {
    return nextLook;
  }

  /** Has the next look be at the end of this worker's time, if that comes earlier. */
  private void lookOnTimeout(Pulse pulse, Heart heart) {
    long due = silentSince(pulse, heart) + timeoutNanos;
    if (pulse.isUnanswered() && due - nextLook < 0) {
      nextLook = due;
    }
  }
}
