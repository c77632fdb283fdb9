package io.snakepit.pool.machine;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The consequences for workers of profile {@code async} whose event loop stands still, since one
 * call blocks it. The worker tells when its loop has come round after a cancel, and when it has not
 * come round for long. Where a call does not stop and the loop stands still, nothing can finish
 * there: the worker is killed at once, and its other calls end or move on.
 *
 * <p>A loop that stands still while no call's time is over is let stand: the call may come back. So
 * is one with a call that must not be cut, which may be what blocks it.
 */
final class Standstill {
  /** The least time that a loop is given, as the worker's word takes its way, too. */
  static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final PoolLimits limits;
  private final CallTable calls;
  private final Retirement retirement;

  Standstill(PoolLimits limits, CallTable calls, Retirement retirement) {
    this.limits = limits;
    this.calls = calls;
    this.retirement = retirement;
  }

  /** Notes that a worker's loop has come round after the last cancel that it had read. */
  void cameRound(WorkerSlot slot, long now) {
    slot.cameRound = true;
    slot.cameRoundAt = now;
  }

  /** Takes the word of a worker that its loop has not come round for longer than the grace. */
  void standsStill(WorkerSlot slot, List<PoolEffect> effects) {
    if (limits.calls().onEventLoop() && slot.stuck > 0 && mayEnd(slot)) {
      retirement.killStanding(slot, effects);
    }
  }

  /** Judges the worker of a call that does not stop: its loop should have come round since. */
  void judge(Ticket ticket, long now, List<PoolEffect> effects) {
    WorkerSlot slot = ticket.home();
    if (!limits.calls().onEventLoop() || !mayEnd(slot) || hasComeRound(slot, ticket)) {
      return;
    }
    long earliest = ticket.interruptedAt + SHORTEST_NANOS;
    if (earliest - now > 0) {
      calls.deadlines().schedule(ticket, earliest);
    } else {
      retirement.killStanding(slot, effects);
    }
  }

  /** Returns whether the worker runs on, and no call is in it that must not be cut. */
  private static boolean mayEnd(WorkerSlot slot) {
    return slot.isLive()
        && slot.running.values().stream()
            .allMatch(each -> each.stuck || slot.rules.mayInterrupt(each.call.tool()));
  }

  private static boolean hasComeRound(WorkerSlot slot, Ticket ticket) {
    return slot.cameRound && slot.cameRoundAt - ticket.interruptedAt >= 0;
  }
}
