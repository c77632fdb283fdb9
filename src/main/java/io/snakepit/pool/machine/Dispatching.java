package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.PoolEffect.Dispatch;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The choice of which call goes to which worker, and of what waits where.
 *
 * <p>A call that no worker has room for waits in one of four kinds of queues: for any worker; for
 * any that stays, since its session is to settle there ({@code settling}); for the one worker that
 * its session is bound to ({@link WorkerSlot#bound}); for company ({@link BatchQueue}). A worker
 * with room takes whichever call arrived first of those that it may take.
 */
final class Dispatching {
  private final PoolLimits limits;
  private final Crew crew;
  private final CallTable calls;
  private final Affinity affinity;
  private final CallQueue open = new CallQueue();
  private final CallQueue settling = new CallQueue();
  private final Batching batching = new Batching();

  Dispatching(PoolLimits limits, Crew crew, CallTable calls) {
    this.limits = limits;
    this.crew = crew;
    this.calls = calls;
    this.affinity = new Affinity(limits.sessions(), settling::hasAnyOf);
  }

  /**
   * Sends an accepted call to a worker, queues it or refuses it.
   *
   * @return whether it waits since no worker has room for it
   */
  boolean submit(Ticket ticket, long now, List<PoolEffect> effects) {
    if (ticket.hasSession()) {
      affinity.expire(now);
      if (limits.sessions().isStrict()) {
        return submitBound(ticket, now, effects);
      }
      WorkerSlot home = affinity.workerOf(ticket.call.session(), now);
      if (home != null && home.canTake()) {
        dispatch(ticket, home, 0, now, effects);
        return false;
      }
    }
    BatchQueue batch = ticket.isPlain() ? batching.of(ticket.call.tool()) : null;
    if (batch != null) {
      return submitToBatch(ticket, batch, now, effects);
    }
    return submitTo(crew.firstFree(), open, ticket, now, effects);
  }

  private boolean submitTo(
      @Nullable WorkerSlot slot,
      CallQueue otherwise,
      Ticket ticket,
      long now,
      List<PoolEffect> effects) {
    if (slot == null) {
      return enqueue(ticket, otherwise, now, effects);
    }
    dispatch(ticket, slot, 0, now, effects);
    return false;
  }

  private boolean submitBound(Ticket ticket, long now, List<PoolEffect> effects) {
    String session = ticket.call.session();
    WorkerSlot home = affinity.workerOf(session, now);
    if (home == null) {
      return settle(ticket, session, now, effects);
    }
    if (!home.canTake()
        && limits.sessions().strictness() == PoolLimits.Strictness.STRICT_FAIL_FAST) {
      String why = Explanations.workerBusy(limits.pool(), home.worker, session);
      long retryAfter = calls.serviceTime().worksOff(1, 1);
      effects.add(calls.refuse(ticket, ErrorCode.WORKER_BUSY, why, retryAfter));
      return false;
    }
    return submitTo(home.canTake() ? home : null, home.bound, ticket, now, effects);
  }

  private boolean settle(Ticket ticket, String session, long now, List<PoolEffect> effects) {
    if (affinity.tellsLoss(session, ticket.arrival)) {
      effects.add(refuseLost(ticket));
      return false;
    }
    if (!affinity.hasRoomFor(session)) {
      effects.add(refuseSession(ticket));
      return false;
    }
    return submitTo(crew.leastBound(), settling, ticket, now, effects);
  }

  private PoolEffect refuseSession(Ticket ticket) {
    String why = Explanations.tooManySessions(limits);
    return calls.refuse(ticket, ErrorCode.SESSION_LIMIT, why, 0);
  }

  private PoolEffect refuseLost(Ticket ticket) {
    String why = Explanations.sessionLost(limits.pool(), ticket.call.session());
    return calls.refuse(ticket, ErrorCode.SESSION_WORKER_UNAVAILABLE, why, 0);
  }

  /** Sends it at once if nobody else is to be expected, or if there is no room to wait. */
  private boolean submitToBatch(
      Ticket ticket, BatchQueue batch, long now, List<PoolEffect> effects) {
    WorkerSlot free = crew.firstFree();
    if (free == null) {
      return enqueue(ticket, batch.calls, now, effects);
    }
    if (calls.isQueueFull()) {
      dispatch(ticket, free, 1, now, effects);
      return false;
    }
    boolean ripe = batch.ripensWithAnother();
    calls.enqueue(ticket, batch.calls, now);
    if (ripe) {
      dispatch(batch, free, now, effects);
    }
    return false; // it waits for company, not for room
  }

  private boolean enqueue(Ticket ticket, CallQueue queue, long now, List<PoolEffect> effects) {
    if (calls.isQueueFull()) {
      refuseSaturated(ticket, effects);
      return false;
    }
    calls.enqueue(ticket, queue, now);
    return true;
  }

  private void refuseSaturated(Ticket ticket, List<PoolEffect> effects) {
    String load = Load.of(crew, calls).toString();
    refuseSaturated(ticket, Explanations.saturated(limits.pool(), load), load, effects);
  }

  /** Refuses a call for whose body there is no room. */
  void refuseBytes(Ticket ticket, List<PoolEffect> effects) {
    String why = ticket.call.overBudget();
    String load = Load.of(crew, calls).toString();
    refuseSaturated(ticket, Explanations.tooManyBytes(limits.pool(), why), load, effects);
  }

  private void refuseSaturated(Ticket ticket, String why, String load, List<PoolEffect> effects) {
    long retryAfter = calls.workOffNanos(crew.capacity());
    effects.add(calls.refuse(ticket, ErrorCode.POOL_SATURATED, why, retryAfter));
    if (calls.firstWithoutRoom()) {
      effects.add(new Announce(Event.POOL_SATURATED, "", load));
    }
  }

  /** Takes back a call from a worker that was lost: it has its place by its arrival. */
  void requeue(Ticket ticket, long now) {
    ticket.batch = null;
    ticket.slot = null;
    calls.enqueue(ticket, open, now);
  }

  /** Gives a worker as many calls as it has room for. */
  void serve(WorkerSlot slot, long now, List<PoolEffect> effects) {
    while (slot.canTake() && serveNext(slot, now, effects)) {
      // Until there is no room or no call.
    }
  }

  private boolean serveNext(WorkerSlot slot, long now, List<PoolEffect> effects) {
    CallQueue first = slot.bound.isAheadOf(open) ? slot.bound : open;
    if (slot.due == null && settling.isAheadOf(first)) {
      first = settling;
    }
    BatchQueue batch = batching.firstRipe(now);
    if (batch != null && batch.calls.isAheadOf(first)) {
      dispatch(batch, slot, now, effects);
      return true;
    }
    Ticket ticket = first.peek();
    if (ticket == null) {
      return false;
    }
    if (first == settling) {
      settleAt(slot, ticket, now, effects);
    } else {
      dispatch(ticket, slot, 0, now, effects);
    }
    return true;
  }

  /**
   * Settles a session that since may have settled elsewhere, or lost its worker again. Others may
   * have taken the last room since, too.
   */
  private void settleAt(WorkerSlot slot, Ticket ticket, long now, List<PoolEffect> effects) {
    String session = ticket.call.session();
    WorkerSlot home = affinity.workerOf(session, now);
    if (home != null && home != slot) {
      calls.move(ticket, home.bound);
      serve(home, now, effects);
    } else if (home == null && affinity.tellsLoss(session, ticket.arrival)) {
      effects.add(refuseLost(ticket));
    } else if (home == null && !affinity.hasRoomFor(session)) {
      effects.add(refuseSession(ticket));
    } else {
      dispatch(ticket, slot, 0, now, effects);
    }
  }

  /** Gives calls to whoever has room: after something has come back to the queues. */
  void serveAnyone(long now, List<PoolEffect> effects) {
    WorkerSlot free = crew.firstFree();
    while (free != null && (!open.isEmpty() || batching.firstRipe(now) != null)) {
      serve(free, now, effects);
      free = crew.firstFree();
    }
  }

  private void dispatch(BatchQueue batch, WorkerSlot slot, long now, List<PoolEffect> effects) {
    List<Ticket> tickets = batch.next();
    Batch together = tickets.size() == 1 ? null : new Batch(tickets);
    crew.take(slot);
    int size = tickets.size();
    for (Ticket ticket : tickets) {
      ticket.batch = together;
      effects.add(run(ticket, slot, size, now));
      size = 0;
    }
  }

  private void dispatch(
      Ticket ticket, WorkerSlot slot, int batch, long now, List<PoolEffect> effects) {
    crew.take(slot);
    if (ticket.hasSession()) {
      bind(ticket.call.session(), slot, now, effects);
    }
    effects.add(run(ticket, slot, batch, now));
  }

  private PoolEffect run(Ticket ticket, WorkerSlot slot, int batch, long now) {
    calls.run(ticket, slot, now);
    if (ticket.flow != null) {
      ticket.flow.begin(slot.worker, now);
      calls.schedule(ticket, ticket.flow);
    }
    long remaining = ticket.hasDeadline ? Math.max(1, ticket.deadline - now) : 0;
    return new Dispatch(slot.worker, ticket, remaining, batch);
  }

  private void bind(String session, WorkerSlot slot, long now, List<PoolEffect> effects) {
    if (slot.due == null
        && affinity.workerOf(session, now) == null
        && affinity.bind(session, slot, now)) {
      effects.add(new Announce(Event.SESSION_REHOMED, slot.worker, session));
    }
  }

  /** Notes that a call has come back from its worker. */
  void ended(Ticket ticket, long now) {
    if (ticket.hasSession()) {
      affinity.ended(ticket.call.session(), now);
    }
  }

  /** Unbinds a worker's sessions, and refuses the calls that wait for that worker. */
  void unbind(WorkerSlot slot, List<PoolEffect> effects) {
    affinity.drop(slot, calls.arrivals());
    for (Ticket ticket = slot.bound.peek(); ticket != null; ticket = slot.bound.peek()) {
      effects.add(refuseLost(ticket));
    }
  }

  /** Answers all calls that wait, in whatever queue. */
  void refuseWaiting(ErrorCode code, String message, List<PoolEffect> effects) {
    calls.refuseAll(open, code, message, effects);
    calls.refuseAll(settling, code, message, effects);
    for (BatchQueue batch : batching.all()) {
      calls.refuseAll(batch.calls, code, message, effects);
    }
    for (WorkerSlot slot : crew.all()) {
      calls.refuseAll(slot.bound, code, message, effects);
    }
  }

  /** Returns how many calls wait that any worker could take, and more workers sooner. */
  int waitingForAnyone() {
    return open.size()
        + settling.size()
        + batching.all().stream().mapToInt(batch -> batch.calls.size()).sum();
  }

  /** Notes which tools of a worker take batches. */
  void learn(Collection<BatchRule> rules) {
    batching.learn(rules);
  }

  /** Tells when a batch is next ripe, if a worker has room for it. */
  void addNext(NextDue next) {
    BatchQueue batch = crew.hasFree() ? batching.nextToRipen() : null;
    if (batch != null) {
      next.add(batch.ripensAt());
    }
  }
}
