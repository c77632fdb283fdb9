package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.List;

/** The consequences for calls whose time is over, that are cancelled, or that do not stop. */
final class Expiry {
  private final PoolLimits limits;
  private final Crew crew;
  private final CallTable calls;
  private final Streams streams;
  private final Interruption interruption;
  private final Drain drain;
  private final StuckCalls stuckCalls;

  Expiry(
      PoolLimits limits,
      Crew crew,
      CallTable calls,
      Streams streams,
      Interruption interruption,
      Drain drain,
      StuckCalls stuckCalls) {
    this.limits = limits;
    this.crew = crew;
    this.calls = calls;
    this.streams = streams;
    this.interruption = interruption;
    this.drain = drain;
    this.stuckCalls = stuckCalls;
  }

  /** Does all that is due for calls at that time. */
  void run(long now, List<PoolEffect> effects) {
    Ticket due = calls.deadlines().peek();
    while (due != null && due.wakeAt - now <= 0) {
      calls.deadlines().cancel(due);
      switch (due.state) {
        case QUEUED -> expireQueued(due, effects);
        case RUNNING -> expireRunning(due, now, effects);
        case DELIVERING -> expireDelivering(due, now, effects);
        case ABANDONED -> expireAbandoned(due, now, effects);
        default -> throw new IllegalStateException(due + " is due in a state that has no deadline");
      }
      due = calls.deadlines().peek();
    }
  }

  private void expireQueued(Ticket ticket, List<PoolEffect> effects) {
    String message = Explanations.queueTimeout(limits.pool(), ticket, Load.of(crew, calls));
    long retryAfter = calls.workOffNanos(crew.capacity());
    effects.add(new Announce(Event.QUEUE_TIMEOUT, "", ticket.id));
    effects.add(calls.refuse(ticket, ErrorCode.QUEUE_TIMEOUT, message, retryAfter));
  }

  private void expireRunning(Ticket ticket, long now, List<PoolEffect> effects) {
    WorkerSlot slot = ticket.home();
    Flow flow = ticket.flow;
    if (flow != null && streams.hasMoved(ticket, flow, now)) {
      return;
    }
    slot.errors++;
    ticket.timedOut = true;
    String message =
        flow == null
            ? Explanations.executeTimeout(limits.pool(), ticket, slot.worker)
            : streams.whyExpired(ticket, flow, now);
    effects.add(new Announce(Event.CALL_TIMEOUT, slot.worker, ticket.id));
    interruption.abandon(ticket, ErrorCode.EXECUTE_TIMEOUT, message, now, effects);
  }

  private void expireDelivering(Ticket ticket, long now, List<PoolEffect> effects) {
    streams.expireDelivering(ticket, now, effects);
    drain.stopIfEmpty(effects);
  }

  private void expireAbandoned(Ticket ticket, long now, List<PoolEffect> effects) {
    if (!interruption.isAwaited(ticket, now, effects)) {
      stuckCalls.add(ticket, now, effects);
    }
  }

  /** Cancels a call that is under way. */
  void cancel(Ticket ticket, long now, List<PoolEffect> effects) {
    String message = Explanations.cancelled(limits.pool());
    if (ticket.state == Ticket.State.RUNNING) {
      effects.add(new Announce(Event.CALL_CANCELLED, ticket.home().worker, ticket.id));
      interruption.abandon(ticket, ErrorCode.CANCELLED, message, now, effects);
    } else if (ticket.state == Ticket.State.DELIVERING) {
      effects.add(new Announce(Event.CALL_CANCELLED, "", ticket.id));
      streams.cancel(ticket, effects);
      drain.stopIfEmpty(effects);
    } else {
      effects.add(new Announce(Event.CALL_CANCELLED, "", ticket.id));
      effects.add(calls.refuse(ticket, ErrorCode.CANCELLED, message, 0));
    }
  }

  /** Tells when a call is next due. */
  void addNext(NextDue next) {
    Ticket first = calls.deadlines().peek();
    if (first != null) {
      next.add(first.wakeAt);
    }
  }
}
