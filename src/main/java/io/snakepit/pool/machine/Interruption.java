package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.CancelCall;
import java.util.List;

/**
 * The interrupting of calls that run and that nobody waits for any more. Their callers are answered
 * at once; Python has {@code cancelGrace} to stop.
 */
final class Interruption {
  private final PoolLimits limits;
  private final CallTable calls;

  Interruption(PoolLimits limits, CallTable calls) {
    this.limits = limits;
    this.calls = calls;
  }

  /** Answers the caller of a running call at once, and has Python interrupted. */
  void abandon(Ticket ticket, ErrorCode code, String message, long now, List<PoolEffect> effects) {
    effects.add(calls.abandon(ticket, code, message));
    Batch batch = ticket.batch;
    if (batch == null) {
      interrupt(List.of(ticket), now, effects);
    } else {
      interruptIfUnwanted(batch, now, effects);
    }
  }

  /** Interrupts a batch once nobody waits for any of its calls. */
  void interruptIfUnwanted(Batch batch, long now, List<PoolEffect> effects) {
    if (batch.becomesUnwanted()) {
      interrupt(batch.unanswered(), now, effects);
    }
  }

  private void interrupt(List<Ticket> together, long now, List<PoolEffect> effects) {
    Ticket first = together.get(0);
    WorkerSlot slot = first.home();
    if (slot.isLive()) {
      effects.add(new CancelCall(slot.worker, first.sequence));
      together.forEach(
          each -> calls.deadlines().schedule(each, now + limits.calls().cancelGraceNanos()));
    }
  }
}
