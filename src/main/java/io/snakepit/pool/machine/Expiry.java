package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.PoolEffect.CancelCall;
import java.util.List;

/**
 * What becomes of calls whose time is over or that nobody wants any more. Part of the machine that
 * {@link PoolState} is.
 */
final class Expiry {
  private final PoolState pool;
  private final CallTable calls;

  Expiry(PoolState pool) {
    this.pool = pool;
    this.calls = pool.calls();
  }

  /** Does all that is due at that time. */
  void run(long now, List<PoolEffect> effects) {
    Ticket due = calls.deadlines().peek();
    while (due != null && due.wakeAt - now <= 0) {
      calls.deadlines().cancel(due);
      switch (due.state) {
        case QUEUED -> expireQueued(due, effects);
        case RUNNING -> expireRunning(due, now, effects);
        case DELIVERING -> pool.streams().expireDelivering(due, now, effects);
        case ABANDONED -> pool.departures().stuck(due, effects);
        default -> throw new IllegalStateException(due + " is due in a state that has no deadline");
      }
      due = calls.deadlines().peek();
    }
  }

  private void expireQueued(Ticket ticket, List<PoolEffect> effects) {
    String message = Explanations.queueTimeout(pool, ticket);
    effects.add(new Announce(Event.QUEUE_TIMEOUT, "", ticket.id));
    effects.add(calls.refuse(ticket, ErrorCode.QUEUE_TIMEOUT, message, pool.workOffNanos()));
  }

  private void expireRunning(Ticket ticket, long now, List<PoolEffect> effects) {
    WorkerSlot slot = ticket.home();
    Flow flow = ticket.flow;
    if (flow != null && pool.streams().hasMoved(ticket, flow, now)) {
      return;
    }
    slot.errors++;
    ticket.timedOut = true;
    String message =
        flow == null
            ? Explanations.executeTimeout(pool, ticket, slot.worker)
            : pool.streams().whyExpired(ticket, flow, now);
    effects.add(new Announce(Event.CALL_TIMEOUT, slot.worker, ticket.id));
    abandon(ticket, ErrorCode.EXECUTE_TIMEOUT, message, now, effects);
  }

  /** Somebody cancels a call that is under way. */
  void cancel(Ticket ticket, long now, List<PoolEffect> effects) {
    String message = Explanations.cancelled(pool.limits().pool());
    if (ticket.state == Ticket.State.RUNNING) {
      effects.add(new Announce(Event.CALL_CANCELLED, ticket.home().worker, ticket.id));
      abandon(ticket, ErrorCode.CANCELLED, message, now, effects);
    } else if (ticket.state == Ticket.State.DELIVERING) {
      effects.add(new Announce(Event.CALL_CANCELLED, "", ticket.id));
      pool.streams().cancel(ticket, effects);
    } else {
      effects.add(new Announce(Event.CALL_CANCELLED, "", ticket.id));
      effects.add(calls.refuse(ticket, ErrorCode.CANCELLED, message, 0));
    }
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

  /** A batch runs on as long as somebody waits for one of its calls. */
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
          each -> calls.deadlines().schedule(each, now + pool.limits().calls().cancelGraceNanos()));
    }
  }
}
