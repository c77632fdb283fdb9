package io.snakepit.pool.machine;

import java.util.List;

/** The consequences for workers of calls that do not stop though their grace is over. */
final class StuckCalls {
  private final Crew crew;
  private final CallTable calls;
  private final Recycling recycling;
  private final Retirement retirement;
  private final Standstill standstill;

  StuckCalls(
      Crew crew,
      CallTable calls,
      Recycling recycling,
      Retirement retirement,
      Standstill standstill) {
    this.crew = crew;
    this.calls = calls;
    this.recycling = recycling;
    this.retirement = retirement;
    this.standstill = standstill;
  }

  /**
   * Sees to a call that does not stop. With others beside it its worker is taken out of dispatch
   * until they are over; alone, or where none of them can go on, it is killed at once.
   */
  void add(Ticket ticket, long now, List<PoolEffect> effects) {
    if (!ticket.stuck) {
      ticket.stuck = true;
      takeOut(ticket.home(), effects);
    }
    standstill.judge(ticket, now, effects);
  }

  private void takeOut(WorkerSlot slot, List<PoolEffect> effects) {
    slot.stuck++;
    if (slot.isReady() && slot.stuck < slot.running.size()) {
      recycling.forget(slot, effects);
      retirement.leave(slot, effects);
      calls.counters().restarted();
      crew.fill(0, effects);
    } else if (slot.isReady() || (slot.isLive() && slot.stuck == slot.running.size())) {
      retirement.killStuck(slot, effects);
    }
  }
}
