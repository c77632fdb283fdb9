package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.PoolEffect.Finish;
import io.snakepit.pool.machine.PoolEffect.Hold;
import io.snakepit.pool.machine.PoolEffect.Refill;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.snakepit.pool.machine.Ticket.State;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls whose answers come in pieces: credit, and how they end.
 *
 * <p>A worker may be done with a call while its consumer has still chunks to take. Then the worker
 * is free, and the call is {@link State#DELIVERING}: its outcome is known, and told behind the last
 * chunk; its deadline holds on.
 */
final class Streams {
  private final PoolLimits limits;
  private final CallTable calls;
  private final Eviction eviction;
  private final Set<Ticket> delivering = new LinkedHashSet<>();

  Streams(PoolLimits limits, CallTable calls, Eviction eviction) {
    this.limits = limits;
    this.calls = calls;
    this.eviction = eviction;
  }

  /** Returns how many calls are answered but for what their consumers have not taken. */
  int delivering() {
    return delivering.size();
  }

  /** Takes a piece of the answer to the call of that sequence. */
  List<PoolEffect> chunk(WorkerSlot slot, long sequence, long bytes, long now) {
    Ticket ticket = slot.running.get(sequence);
    if (ticket == null) {
      return eviction.breach(slot, Explanations.strayMessage("a chunk", sequence), now);
    }
    Flow flow = ticket.flow;
    if (flow == null) {
      return eviction.breach(slot, Explanations.unwantedChunk(ticket), now);
    }
    if (ticket.state != State.RUNNING) {
      return List.of();
    }
    return flow.admit(bytes, now)
        ? flow.passOn(ticket)
        : eviction.breach(slot, Explanations.noCredit(ticket), now);
  }

  /** Grants what has been taken now, and from now on at once, to a worker that waits for credit. */
  List<PoolEffect> blocked(WorkerSlot slot, long sequence, long now) {
    Ticket ticket = slot.running.get(sequence);
    if (ticket == null || ticket.flow == null) {
      return eviction.breach(slot, Explanations.strayMessage("Blocked", sequence), now);
    }
    if (ticket.state != State.RUNNING) {
      return List.of();
    }
    if (!ticket.flow.block()) {
      return eviction.breach(slot, Explanations.saidTwice(ticket), now);
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    effects.add(new PoolEffect.Hurry(ticket));
    grantIfDue(ticket, ticket.flow, effects);
    return effects;
  }

  /** Notes that a worker has taken some of the arguments of the call of that sequence. */
  List<PoolEffect> argumentsTaken(WorkerSlot slot, long sequence, long now) {
    Ticket ticket = slot.running.get(sequence);
    if (ticket == null || ticket.call.upload() == null) {
      return eviction.breach(slot, Explanations.strayMessage("Credit", sequence), now);
    }
    return ticket.state == State.RUNNING ? List.of(new Refill(ticket)) : List.of();
  }

  /** Grants what a consumer has taken, or ends the call if that was the last. */
  void taken(Ticket ticket, int chunks, long bytes, long now, List<PoolEffect> effects) {
    if (ticket.state == State.RUNNING) {
      Flow flow = ticket.flow();
      flow.taken(chunks, bytes, now);
      grantIfDue(ticket, flow, effects);
    } else if (ticket.state == State.DELIVERING) {
      Flow flow = ticket.flow();
      flow.taken(chunks, bytes, now);
      finishIfTaken(ticket, flow, effects);
    }
  }

  private static void grantIfDue(Ticket ticket, Flow flow, List<PoolEffect> effects) {
    if (flow.isGrantDue()) {
      effects.add(flow.grant(ticket.sequence));
    }
  }

  private void finishIfTaken(Ticket ticket, Flow flow, List<PoolEffect> effects) {
    if (!flow.hasUntaken()) {
      finish(ticket, flow.outcome, effects);
    }
  }

  /** Ends a call that its worker has answered; its consumer is told once he has all chunks. */
  void completed(Ticket ticket, Flow flow, @Nullable ErrorCode failure, List<PoolEffect> effects) {
    if (flow.hasUntaken()) {
      linger(ticket, flow, failure);
    } else {
      finish(ticket, failure, effects);
    }
  }

  /** Ends a call whose worker has ended; what it has yielded before comes first. */
  void lost(Ticket ticket, Flow flow, Refuse last, List<PoolEffect> effects) {
    effects.add(new Hold(last));
    completed(ticket, flow, last.code(), effects);
  }

  private void finish(Ticket ticket, @Nullable ErrorCode failure, List<PoolEffect> effects) {
    delivering.remove(ticket);
    calls.leave(ticket);
    calls.counters().ended(failure);
    effects.add(new Finish(ticket));
  }

  private void linger(Ticket ticket, Flow flow, @Nullable ErrorCode failure) {
    flow.outcome = failure;
    calls.linger(ticket);
    delivering.add(ticket);
    calls.schedule(ticket, flow);
  }

  /** Returns whether a call that is due by its idle time has moved since, and is due later. */
  boolean hasMoved(Ticket ticket, Flow flow, long now) {
    if (ticket.isOverdue(now) || flow.movedAt + limits.stream().idleNanos() - now <= 0) {
      return false;
    }
    calls.schedule(ticket, flow);
    return true;
  }

  /** Returns why a call is due. */
  String whyExpired(Ticket ticket, Flow flow, long now) {
    return ticket.isOverdue(now)
        ? Explanations.executeTimeout(limits.pool(), ticket, flow.worker)
        : Explanations.idle(limits, ticket, flow.worker);
  }

  /** Gives up a call whose consumer has had no more time to take the last chunks. */
  void expireDelivering(Ticket ticket, long now, List<PoolEffect> effects) {
    Flow flow = ticket.flow();
    if (hasMoved(ticket, flow, now)) {
      return;
    }
    effects.add(new Announce(Event.CALL_TIMEOUT, flow.worker, ticket.id));
    giveUp(ticket, ErrorCode.EXECUTE_TIMEOUT, whyExpired(ticket, flow, now), effects);
  }

  /** Gives up a call that is only being delivered and that nobody wants any more. */
  void cancel(Ticket ticket, List<PoolEffect> effects) {
    giveUp(ticket, ErrorCode.CANCELLED, Explanations.cancelled(limits.pool()), effects);
  }

  /** Answers all whose chunks are still being taken. */
  void refuseAll(ErrorCode code, String message, List<PoolEffect> effects) {
    for (Ticket ticket : List.copyOf(delivering)) {
      giveUp(ticket, code, message, effects);
    }
  }

  private void giveUp(Ticket ticket, ErrorCode code, String message, List<PoolEffect> effects) {
    delivering.remove(ticket);
    effects.add(calls.giveUp(ticket, code, message, ticket.flow().worker));
  }
}
