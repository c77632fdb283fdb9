package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.Ticket.State;
import java.util.List;

/**
 * What becomes of the calls in a worker that has ended: those that may be tried again are, on
 * another one, and the callers of the rest are told. Part of the machine that {@link PoolState} is.
 */
final class Failover {
  private final PoolState pool;
  private final CallTable calls;
  private final PoolLimits limits;

  Failover(PoolState pool) {
    this.pool = pool;
    this.calls = pool.calls();
    this.limits = pool.limits();
  }

  /** A worker has ended with all that was in it. */
  void lose(WorkerSlot slot, String reason, long now, List<PoolEffect> effects) {
    for (Ticket ticket : slot.inOrder()) {
      if (ticket.state != State.RUNNING) {
        calls.leave(ticket);
        continue;
      }
      pool.health().lost(now);
      if (slot.unread) {
        loseUnread(ticket, now, effects);
      } else {
        ticket.loss = loss(slot, reason);
        loseBegun(ticket, ticket.loss, now, effects);
      }
    }
    slot.running.clear();
  }

  /** It provably never started: trying again is no second time. */
  private void loseUnread(Ticket ticket, long now, List<PoolEffect> effects) {
    ticket.attempts--;
    if (mayMove(ticket)) {
      pool.dispatching().requeue(ticket, now);
    } else {
      String why = Explanations.neverRead(limits.pool());
      effects.add(calls.refuse(ticket, ErrorCode.POOL_UNAVAILABLE, why, 0));
    }
  }

  private void loseBegun(Ticket ticket, Ticket.Loss loss, long now, List<PoolEffect> effects) {
    if (ticket.call.idempotent()
        && ticket.attempts < limits.calls().maxAttempts()
        && mayMove(ticket)) {
      pool.dispatching().requeue(ticket, now);
    } else if (ticket.flow != null) {
      pool.streams().lost(ticket, ticket.flow, CallTable.lost(ticket, loss), now, effects);
    } else {
      effects.add(calls.failWith(ticket, loss));
    }
  }

  /**
   * A strict session's state is gone with its worker: its calls are not for another. Nor is what
   * can't begin once more.
   */
  private boolean mayMove(Ticket ticket) {
    return ticket.isRepeatable()
        && pool.phase() == PoolPhase.SERVING
        && !(limits.sessions().isStrict() && ticket.hasSession());
  }

  /** Answers whoever waits for a call in that worker, which is not to be tried again. */
  void tell(WorkerSlot slot, String reason, List<PoolEffect> effects) {
    for (Ticket ticket : slot.inOrder()) {
      if (ticket.state == State.RUNNING) {
        effects.add(calls.failWith(ticket, loss(slot, reason)));
      }
    }
    slot.running.clear();
  }

  private Ticket.Loss loss(WorkerSlot slot, String reason) {
    return new Ticket.Loss(slot.worker, Explanations.crashed(limits.pool(), slot.worker, reason));
  }
}
