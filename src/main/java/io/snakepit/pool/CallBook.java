package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.Ticket.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where each call is, when something is due for it, and how the answered ones ended. Keeps the
 * three in step: a call that is answered leaves the queue and the deadlines in the same breath, and
 * is counted once.
 */
final class CallBook {
  private final PoolLimits limits;
  private final CallQueue queue = new CallQueue();
  private final DeadlineHeap deadlines = new DeadlineHeap();
  private final Counters counters = new Counters();
  private boolean saturated;

  CallBook(PoolLimits limits) {
    this.limits = limits;
  }

  Counters counters() {
    return counters;
  }

  DeadlineHeap deadlines() {
    return deadlines;
  }

  int queued() {
    return queue.size();
  }

  boolean isQueueFull() {
    return queue.size() >= limits.maxQueue();
  }

  /** A call finds the queue full. Answers whether it is the first since there was room. */
  boolean firstWithoutRoom() {
    boolean first = !saturated;
    saturated = true;
    return first;
  }

  /** A call has left the queue. */
  void hasRoom() {
    saturated = false;
  }

  /** Has a call wait, until its deadline or the queue's timeout, whichever is first. */
  void enqueue(Ticket ticket) {
    ticket.state = State.QUEUED;
    queue.add(ticket);
    long waitUntil = ticket.acceptedAt + limits.queueTimeoutNanos();
    boolean deadlineFirst = ticket.hasDeadline && ticket.deadline - waitUntil < 0;
    deadlines.schedule(ticket, deadlineFirst ? ticket.deadline : waitUntil);
  }

  /** Takes the call that waits longest, or null. */
  @Nullable Ticket poll() {
    return queue.poll();
  }

  /** A call is about to run: from now on its own deadline counts. */
  void run(Ticket ticket, WorkerSlot slot) {
    slot.current = ticket;
    ticket.slot = slot;
    ticket.sequence = ++slot.lastSequence;
    ticket.state = State.RUNNING;
    if (ticket.hasDeadline) {
      deadlines.schedule(ticket, ticket.deadline);
    } else {
      deadlines.cancel(ticket);
    }
  }

  /** Answers the caller of a call that its worker is still busy with. */
  Refuse abandon(Ticket ticket, ErrorCode code, String message) {
    counters.failed(code);
    ticket.state = State.ABANDONED;
    return new Refuse(ticket, code, message, slotOf(ticket).worker);
  }

  /** Answers a call that has not reached a worker. */
  Refuse refuse(Ticket ticket, ErrorCode code, String message) {
    if (ticket.state == State.QUEUED) {
      queue.remove(ticket);
    }
    counters.failed(code);
    leave(ticket);
    return new Refuse(ticket, code, message, "");
  }

  /** Answers all calls that wait. */
  void refuseWaiting(ErrorCode code, String message, List<PoolEffect> effects) {
    for (Ticket waiting = queue.peek(); waiting != null; waiting = queue.peek()) {
      effects.add(refuse(waiting, code, message));
    }
  }

  /** A call is over. */
  void leave(Ticket ticket) {
    ticket.state = State.ANSWERED;
    ticket.slot = null;
    deadlines.cancel(ticket);
  }

  /** The worker that a running or abandoned call is in. */
  static WorkerSlot slotOf(Ticket ticket) {
    WorkerSlot slot = ticket.slot;
    if (slot == null) {
      throw new IllegalStateException(ticket + " is in no worker");
    }
    return slot;
  }
}
