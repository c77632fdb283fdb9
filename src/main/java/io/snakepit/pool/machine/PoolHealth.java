package io.snakepit.pool.machine;

import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.List;

/**
 * The health of a serving pool: whole, or degraded because workers are missing or too many calls
 * are lost. Tells each change once. Times are nanoseconds.
 */
final class PoolHealth {
  /** Share of the last minute's calls that may be lost with their worker. */
  static final double MAX_CRASH_RATE = 0.1;

  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final CallTable calls;
  private final Sizing sizing;
  private final ForkTrial trial;
  private final CrashRate rate = new CrashRate();
  private boolean degraded;

  PoolHealth(PoolLifecycle lifecycle, Crew crew, CallTable calls, Sizing sizing, ForkTrial trial) {
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.calls = calls;
    this.sizing = sizing;
    this.trial = trial;
  }

  /** Counts a call that a worker has answered. */
  void answered(long now) {
    rate.answered(now);
  }

  /** Counts a call with which a worker has ended. */
  void lost(long now) {
    rate.lost(now);
  }

  boolean isDegraded() {
    return degraded;
  }

  /** Looks at the pool after something has changed, and announces what has become of it. */
  void assess(long now, List<PoolEffect> effects) {
    if (!lifecycle.isServing()) {
      return;
    }
    String fault = fault(now);
    if (!fault.isEmpty() && !degraded) {
      degraded = true;
      effects.add(new Announce(Event.POOL_DEGRADED, "", fault));
    } else if (fault.isEmpty() && degraded) {
      degraded = false;
      effects.add(new Announce(Event.POOL_READY, "", Load.of(crew, calls).toString()));
    }
  }

  /** Returns what is wrong with the pool, for people; empty if nothing is. */
  String fault(long now) {
    if (trial.isClearing()) {
      return Explanations.forksAreReplaced();
    }
    int ready = crew.ready();
    int least = sizing.least();
    if (ready < least) {
      return "%d of %d workers are ready".formatted(ready, least);
    }
    double lost = rate.at(now);
    return lost > MAX_CRASH_RATE
        ? "%.0f %% of the last minute's calls were lost with their worker".formatted(100 * lost)
        : "";
  }
}
