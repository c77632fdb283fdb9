package io.snakepit.pool.machine;

import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.List;

/**
 * Whether a serving pool is well: whole, or degraded because workers are missing or too many calls
 * are lost. Tells each change once. Pure; times are nanoseconds.
 */
public final class PoolHealth {
  /** Share of the last minute's calls that may be lost with their worker. */
  static final double MAX_CRASH_RATE = 0.1;

  private final CrashRate rate = new CrashRate();
  private boolean degraded;

  /** A worker has answered a call. */
  void answered(long now) {
    rate.answered(now);
  }

  /** A worker has ended with a call. */
  void lost(long now) {
    rate.lost(now);
  }

  boolean isDegraded() {
    return degraded;
  }

  /** Looks at the pool after something has changed, and announces what has become of it. */
  void assess(PoolState pool, long now, List<PoolEffect> effects) {
    if (pool.phase() != PoolPhase.SERVING) {
      return;
    }
    String fault = fault(pool, now);
    if (!fault.isEmpty() && !degraded) {
      degraded = true;
      effects.add(new Announce(Event.POOL_DEGRADED, "", fault));
    } else if (fault.isEmpty() && degraded) {
      degraded = false;
      effects.add(new Announce(Event.POOL_READY, "", Explanations.load(pool)));
    }
  }

  /** What is wrong with it, for people; empty if nothing is. */
  public String fault(PoolState pool, long now) {
    int ready = pool.crew().ready();
    int least = pool.sizing().least();
    if (ready < least) {
      return "%d of %d workers are ready".formatted(ready, least);
    }
    double lost = rate.at(now);
    return lost > MAX_CRASH_RATE
        ? "%.0f %% of the last minute's calls were lost with their worker".formatted(100 * lost)
        : "";
  }
}
