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
 * Calls whose answers come in pieces: credit, and how they end. Part of the machine that {@link
 * PoolState} is.
 *
 * <p>A worker may be done with a call while its consumer has still chunks to take. Then the worker
 * is free, and the call is {@link State#DELIVERING}: its outcome is known, and told behind the last
 * chunk; its deadline holds on.
 */
public final class Streams {
  private final PoolState pool;
  private final CallTable calls;
  private final long idleNanos;
  private final Set<Ticket> delivering = new LinkedHashSet<>();

  Streams(PoolState pool) {
    this.pool = pool;
    this.calls = pool.calls();
    this.idleNanos = pool.limits().stream().idleNanos();
  }

  /** How many calls are answered but for what their consumers have not taken. */
  int delivering() {
    return delivering.size();
  }

  /** A worker has sent a piece of the answer to the call of that sequence. */
  public List<PoolEffect> chunk(String worker, long sequence, long bytes, long now) {
    WorkerSlot slot = pool.crew().find(worker);
    if (slot == null) {
      return List.of();
    }
    Ticket ticket = slot.running.get(sequence);
    if (ticket == null) {
      return pool.breach(slot, Explanations.strayMessage("a chunk", sequence), now);
    }
    Flow flow = ticket.flow;
    if (flow == null) {
      return pool.breach(slot, Explanations.unwantedChunk(ticket), now);
    }
    if (ticket.state != State.RUNNING) {
      return List.of();
    }
    return flow.admit(bytes, now)
        ? flow.passOn(ticket)
        : pool.breach(slot, Explanations.noCredit(ticket), now);
  }

  /** A worker waits for credit: what has been taken is granted now, and from now on at once. */
  public List<PoolEffect> blocked(String worker, long sequence, long now) {
    WorkerSlot slot = pool.crew().find(worker);
    if (slot == null) {
      return List.of();
    }
    Ticket ticket = slot.running.get(sequence);
    if (ticket == null || ticket.flow == null) {
      return pool.breach(slot, Explanations.strayMessage("Blocked", sequence), now);
    }
    if (ticket.state != State.RUNNING) {
      return List.of();
    }
    if (!ticket.flow.block()) {
      return pool.breach(slot, Explanations.saidTwice(ticket), now);
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    effects.add(new PoolEffect.Hurry(ticket));
    grantIfDue(ticket, ticket.flow, effects);
    return effects;
  }

  /** A worker has taken some of the arguments of the call of that sequence. */
  public List<PoolEffect> argumentsTaken(String worker, long sequence, long now) {
    WorkerSlot slot = pool.crew().find(worker);
    if (slot == null) {
      return List.of();
    }
    Ticket ticket = slot.running.get(sequence);
    if (ticket == null || ticket.call.upload() == null) {
      return pool.breach(slot, Explanations.strayMessage("Credit", sequence), now);
    }
    return ticket.state == State.RUNNING ? List.of(new Refill(ticket)) : List.of();
  }

  /** A consumer has taken chunks. */
  public List<PoolEffect> taken(Ticket ticket, int chunks, long bytes, long now) {
    Flow flow = ticket.flow;
    if (flow == null || (ticket.state != State.RUNNING && ticket.state != State.DELIVERING)) {
      return List.of();
    }
    flow.taken(chunks, bytes, now);
    List<PoolEffect> effects = new ArrayList<>(2);
    if (ticket.state == State.RUNNING) {
      grantIfDue(ticket, flow, effects);
    } else if (!flow.hasUntaken()) {
      finish(ticket, flow.outcome, effects);
      pool.stopIfEmpty(effects);
    }
    return effects;
  }

  private static void grantIfDue(Ticket ticket, Flow flow, List<PoolEffect> effects) {
    if (flow.isGrantDue()) {
      effects.add(flow.grant(ticket.sequence));
    }
  }

  /** A worker has answered a call that was awaited, whose caller is told when he has all chunks. */
  void completed(
      Ticket ticket, Flow flow, @Nullable ErrorCode failure, long now, List<PoolEffect> effects) {
    if (flow.hasUntaken()) {
      linger(ticket, flow, failure, now);
    } else {
      finish(ticket, failure, effects);
    }
  }

  /** The worker has ended with a call; what it has yielded before comes first. */
  void lost(Ticket ticket, Flow flow, Refuse last, long now, List<PoolEffect> effects) {
    effects.add(new Hold(last));
    completed(ticket, flow, last.code(), now, effects);
  }

  private void finish(Ticket ticket, @Nullable ErrorCode failure, List<PoolEffect> effects) {
    delivering.remove(ticket);
    calls.leave(ticket);
    calls.counters().ended(failure);
    effects.add(new Finish(ticket));
  }

  private void linger(Ticket ticket, Flow flow, @Nullable ErrorCode failure, long now) {
    flow.outcome = failure;
    calls.linger(ticket);
    delivering.add(ticket);
    schedule(ticket, flow, now);
  }

  /** Sets when a call is due that runs, or whose chunks are being taken. */
  void schedule(Ticket ticket, Flow flow, long now) {
    if (idleNanos > 0) {
      calls.deadlines().schedule(ticket, ticket.orDeadline(flow.movedAt + idleNanos));
    } else if (ticket.hasDeadline) {
      calls.deadlines().schedule(ticket, ticket.deadline);
    } else {
      calls.deadlines().cancel(ticket);
    }
  }

  /** Whether a call that is due by its idle time has moved since, and is due later. */
  boolean hasMoved(Ticket ticket, Flow flow, long now) {
    boolean over = ticket.hasDeadline && ticket.deadline - now <= 0;
    if (over || flow.movedAt + idleNanos - now <= 0) {
      return false;
    }
    schedule(ticket, flow, now);
    return true;
  }

  /** Why a call is due. */
  String whyExpired(Ticket ticket, Flow flow, long now) {
    boolean over = ticket.hasDeadline && ticket.deadline - now <= 0;
    return over
        ? Explanations.executeTimeout(pool, ticket, flow.worker)
        : Explanations.idle(pool.limits(), ticket, flow.worker);
  }

  /** The consumer's time is over while he still has chunks to take. */
  void expireDelivering(Ticket ticket, long now, List<PoolEffect> effects) {
    Flow flow = ticket.flow;
    if (flow == null || hasMoved(ticket, flow, now)) {
      return;
    }
    effects.add(new Announce(Event.CALL_TIMEOUT, flow.worker, ticket.id));
    giveUp(ticket, ErrorCode.EXECUTE_TIMEOUT, whyExpired(ticket, flow, now), effects);
    pool.stopIfEmpty(effects);
  }

  /** A call that is only being delivered is wanted no more. */
  void cancel(Ticket ticket, List<PoolEffect> effects) {
    giveUp(ticket, ErrorCode.CANCELLED, Explanations.cancelled(pool.limits().pool()), effects);
    pool.stopIfEmpty(effects);
  }

  /** Answers all whose chunks are still being taken. */
  void refuseAll(ErrorCode code, String message, List<PoolEffect> effects) {
    for (Ticket ticket : List.copyOf(delivering)) {
      giveUp(ticket, code, message, effects);
    }
  }

  private void giveUp(Ticket ticket, ErrorCode code, String message, List<PoolEffect> effects) {
    delivering.remove(ticket);
    String worker = ticket.flow == null ? "" : ticket.flow.worker;
    effects.add(calls.giveUp(ticket, code, message, worker));
  }
}
