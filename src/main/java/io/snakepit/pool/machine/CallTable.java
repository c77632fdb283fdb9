package io.snakepit.pool.machine;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.snakepit.pool.machine.Ticket.Loss;
import io.snakepit.pool.machine.Ticket.State;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table of all calls: where each is, when something is due for it, and how the answered ones
 * ended. Keeps these in step: a call that is answered leaves its queue and the deadlines in the
 * same breath, and is counted once.
 */
final class CallTable {
  /** Codes that say of a call that it never ran. */
  private static final Set<ErrorCode> NEVER_RAN =
      EnumSet.of(
          ErrorCode.QUEUE_TIMEOUT,
          ErrorCode.SHUTTING_DOWN,
          ErrorCode.POOL_UNAVAILABLE,
          ErrorCode.SESSION_WORKER_UNAVAILABLE);

  private final PoolLimits limits;
  private final DeadlineHeap deadlines = new DeadlineHeap();
  private final Counters counters = new Counters();
  private final ServiceTime serviceTime = new ServiceTime();
  private final Map<String, Ticket> byId = new HashMap<>();
  private int known;
  private int queued;
  private long arrivals;
  private boolean saturated;

  CallTable(PoolLimits limits) {
    this.limits = limits;
  }

  Counters counters() {
    return counters;
  }

  ServiceTime serviceTime() {
    return serviceTime;
  }

  /**
   * Returns how long the calls that wait will take, in nanoseconds.
   *
   * @param capacity calls that run at a time
   */
  long workOffNanos(int capacity) {
    return serviceTime.worksOff(Math.max(1, queued), capacity);
  }

  DeadlineHeap deadlines() {
    return deadlines;
  }

  /** Calls that wait, wherever. */
  int queued() {
    return queued;
  }

  /** Calls that can be found by their ids: those that are under way. */
  int known() {
    return known;
  }

  /** Returns the number of calls that have been accepted so far. */
  long arrivals() {
    return arrivals;
  }

  boolean isQueueFull() {
    return queued >= limits.queueing().maxCalls();
  }

  /** A call finds the queue full. Answers whether it is the first since there was room. */
  boolean firstWithoutRoom() {
    boolean first = !saturated;
    saturated = true;
    return first;
  }

  /** A call is to be answered by this pool. Callers choose ids, so several may bear one. */
  void accept(Ticket ticket) {
    ticket.arrival = ++arrivals;
    ticket.setDeadline(limits.calls().timeoutNanos());
    ticket.namesake = byId.put(ticket.id, ticket);
    known++;
  }

  private void forget(Ticket ticket) {
    Ticket last = byId.get(ticket.id);
    if (last == ticket) {
      Ticket former = ticket.namesake;
      if (former == null) {
        byId.remove(ticket.id);
      } else {
        byId.put(ticket.id, former);
      }
      ticket.namesake = null;
      known--;
    } else if (last != null) {
      unlink(last, ticket);
    }
  }

  private void unlink(Ticket last, Ticket ticket) {
    for (Ticket each = last; each != null; each = each.namesake) {
      if (each.namesake == ticket) {
        each.namesake = ticket.namesake;
        ticket.namesake = null;
        known--;
        return;
      }
    }
  }

  /** The call of that id that came last among those under way, or null. */
  @Nullable Ticket find(String id) {
    return byId.get(id);
  }

  /** Has a call wait, until its deadline or the queue's timeout, whichever is first. */
  void enqueue(Ticket ticket, CallQueue queue, long now) {
    ticket.state = State.QUEUED;
    queue.insert(ticket);
    queued++;
    deadlines.schedule(ticket, ticket.orDeadline(now + limits.queueing().timeoutNanos()));
  }

  /** Has a call that waits do so elsewhere. */
  void move(Ticket ticket, CallQueue queue) {
    requireNonNull(ticket.queue).remove(ticket);
    queue.insert(ticket);
  }

  private void leaveQueue(Ticket ticket) {
    CallQueue queue = ticket.queue;
    if (queue != null) {
      queue.remove(ticket);
      queued--;
      saturated = false;
    }
  }

  /** A call is about to run: from now on its own deadline counts. */
  void run(Ticket ticket, WorkerSlot slot, long now) {
    leaveQueue(ticket);
    if (limits.queueing().maxCalls() == 0) {
      saturated = false; // no queue that could have room: the worker had
    }
    ticket.slot = slot;
    ticket.sequence = ++slot.lastSequence;
    ticket.state = State.RUNNING;
    ticket.attempts++;
    ticket.dispatchedAt = now;
    slot.running.put(ticket.sequence, ticket);
    scheduleDeadline(ticket);
  }

  private void scheduleDeadline(Ticket ticket) {
    if (ticket.hasDeadline) {
      deadlines.schedule(ticket, ticket.deadline);
    } else {
      deadlines.cancel(ticket);
    }
  }

  /** Sets when a stream is due: at its deadline, or when nothing of it has moved for too long. */
  void schedule(Ticket ticket, Flow flow) {
    long idleNanos = limits.stream().idleNanos();
    if (idleNanos > 0) {
      deadlines.schedule(ticket, ticket.orDeadline(flow.movedAt + idleNanos));
    } else {
      scheduleDeadline(ticket);
    }
  }

  /** A call's worker is done with it; its consumer isn't. */
  void linger(Ticket ticket) {
    ticket.state = State.DELIVERING;
    ticket.slot = null;
  }

  /** Answers the consumer of a call that no worker is busy with any more. */
  Refuse giveUp(Ticket ticket, ErrorCode code, String message, String worker) {
    counters.failed(code);
    leave(ticket);
    return new Refuse(ticket, code, message, worker, 0);
  }

  /** Answers the caller of a call that its worker is still busy with. */
  Refuse abandon(Ticket ticket, ErrorCode code, String message) {
    counters.failed(code);
    deadlines.cancel(ticket);
    ticket.state = State.ABANDONED;
    forget(ticket);
    return new Refuse(ticket, code, message, ticket.home().worker, 0);
  }

  /** Answers a call that is in no worker. */
  Refuse refuse(Ticket ticket, ErrorCode code, String message, long retryAfterNanos) {
    Loss loss = ticket.loss;
    if (loss != null && NEVER_RAN.contains(code)) {
      return failWith(ticket, loss);
    }
    counters.failed(code);
    leave(ticket);
    return new Refuse(ticket, code, message, "", retryAfterNanos);
  }

  /** Answers a call whose worker has ended. */
  Refuse failWith(Ticket ticket, Loss loss) {
    counters.failed(ErrorCode.WORKER_CRASHED);
    leave(ticket);
    return lost(ticket, loss);
  }

  /** Returns the refusal of a call whose worker has ended. */
  static Refuse lost(Ticket ticket, Loss loss) {
    return new Refuse(ticket, ErrorCode.WORKER_CRASHED, loss.message(), loss.worker(), 0);
  }

  /** Answers all calls of a queue. */
  void refuseAll(CallQueue queue, ErrorCode code, String message, List<PoolEffect> effects) {
    for (Ticket waiting = queue.peek(); waiting != null; waiting = queue.peek()) {
      effects.add(refuse(waiting, code, message, 0));
    }
  }

  /** A call is over. */
  void leave(Ticket ticket) {
    leaveQueue(ticket);
    ticket.state = State.ANSWERED;
    ticket.slot = null;
    deadlines.cancel(ticket);
    forget(ticket);
  }
}
