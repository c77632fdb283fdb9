package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.Ticket.State;
import java.util.List;

/**
 * The consequences for the calls in a worker that has ended: those that may be tried again are, on
 * another one, and the callers of the rest are told.
 */
final class Failover {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final CallTable calls;
  private final Dispatching dispatching;
  private final Streams streams;
  private final PoolHealth health;

  Failover(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      CallTable calls,
      Dispatching dispatching,
      Streams streams,
      PoolHealth health) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.calls = calls;
    this.dispatching = dispatching;
    this.streams = streams;
    this.health = health;
  }

  /** Looks after all calls that were in a worker that has ended. */
  void lose(WorkerSlot slot, String reason, long now, List<PoolEffect> effects) {
    for (Ticket ticket : slot.inOrder()) {
      if (ticket.state != State.RUNNING) {
        calls.leave(ticket);
        continue;
      }
      if (!slot.condemned) {
        health.lost(now);
      }
      if (slot.unread) {
        loseUnread(ticket, slot, reason, now, effects);
      } else {
        ticket.loss = loss(slot, reason);
        loseBegun(ticket, ticket.loss, now, effects);
      }
    }
    slot.running.clear();
  }

  /**
   * Moves a call that provably never started: trying again is no second time. Once only: a body
   * that workers die of before they have read it would else end one after the other. A worker that
   * we have ended ourselves did not die of it.
   */
  private void loseUnread(
      Ticket ticket, WorkerSlot slot, String reason, long now, List<PoolEffect> effects) {
    ticket.attempts--;
    boolean again = ticket.diedUnread;
    ticket.diedUnread |= !slot.condemned;
    if (again && !slot.condemned) {
      String why = Explanations.diedOfItsBody(limits.pool(), slot.worker, reason);
      endLost(ticket, new Ticket.Loss(slot.worker, why), effects);
    } else if (mayMove(ticket)) {
      dispatching.requeue(ticket, now);
    } else {
      String why = Explanations.neverRead(limits.pool());
      effects.add(calls.refuse(ticket, ErrorCode.POOL_UNAVAILABLE, why, 0));
    }
  }

  private void loseBegun(Ticket ticket, Ticket.Loss loss, long now, List<PoolEffect> effects) {
    if (ticket.call.idempotent()
        && ticket.attempts < limits.calls().maxAttempts()
        && mayMove(ticket)) {
      dispatching.requeue(ticket, now);
    } else {
      endLost(ticket, loss, effects);
    }
  }

  private void endLost(Ticket ticket, Ticket.Loss loss, List<PoolEffect> effects) {
    if (ticket.flow != null) {
      streams.lost(ticket, ticket.flow, CallTable.lost(ticket, loss), effects);
    } else {
      effects.add(calls.failWith(ticket, loss));
    }
  }

  /**
   * Returns whether a call may be tried in another worker. A strict session's state is gone with
   * its worker: its calls are not for another. Nor is what can't begin once more.
   */
  private boolean mayMove(Ticket ticket) {
    return ticket.isRepeatable()
        && lifecycle.isServing()
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
