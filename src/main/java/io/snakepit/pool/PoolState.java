package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.bus.Event;
import io.snakepit.pool.PoolEffect.Announce;
import io.snakepit.pool.PoolEffect.Deliver;
import io.snakepit.pool.PoolEffect.Dispatch;
import io.snakepit.pool.PoolEffect.KillWorker;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.PoolEffect.StopWorker;
import io.snakepit.pool.Ticket.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The machine that a pool is: a queue, workers, calls.deadlines(). Pure: no Vert.x, no clock, no
 * chance, no log. Each method is told what happened and when, brings the state to order, and
 * answers what is to be done about it, in that order.
 *
 * <h2>What always holds</h2>
 *
 * <ul>
 *   <li>A call is in exactly one place: the queue, a worker, or answered. It is answered once.
 *   <li>A worker runs at most one call. It stays taken until Python has really stopped: a call that
 *       timed out is answered at once, and its worker is free when the late answer comes, or killed
 *       and replaced after {@code cancelGrace}.
 *   <li>No call waits while a worker is idle.
 *   <li>A call that was refused, or timed out in the queue, never reached a worker.
 *   <li>As long as the pool serves, a worker that ends is replaced.
 * </ul>
 *
 * <p>Times are nanoseconds of one monotonic clock. Not thread-safe: it belongs to its pool's event
 * loop.
 */
final class PoolState {
  private final PoolLimits limits;
  private final Crew crew;
  private final CallBook calls;
  private PoolPhase phase = PoolPhase.STARTING;
  private @Nullable String lastError;
  private boolean saturated;
  private final DrainLimit drainLimit = new DrainLimit();

  PoolState(PoolLimits limits) {
    this.limits = limits;
    this.crew = new Crew(limits);
    this.calls = new CallBook(limits);
  }

  /** Starts the first workers. Once, before anything else. */
  List<PoolEffect> start() {
    return crew.firstBatch();
  }

  /** The start has failed before any worker could be started. */
  List<PoolEffect> failStart(String reason) {
    phase = phase.to(PoolPhase.FAILED);
    crew.close();
    lastError = reason;
    return List.of(new Announce(Event.POOL_FAILED, "", reason), new PoolEffect.StartFailed(reason));
  }

  /** Takes a call, sends it to a worker, queues it or refuses it. */
  List<PoolEffect> submit(Ticket ticket, long now) {
    if (phase != PoolPhase.SERVING) {
      return List.of(calls.refuse(ticket, refusalCode(), Explanations.notServing(this)));
    }
    ticket.setDeadline(limits.executeTimeoutNanos());
    WorkerSlot free = crew.firstIdle();
    if (free != null) {
      return List.of(dispatch(ticket, free, now));
    }
    if (calls.isQueueFull()) {
      return saturate(ticket);
    }
    calls.enqueue(ticket);
    return List.of();
  }

  private ErrorCode refusalCode() {
    return phase == PoolPhase.DRAINING || phase == PoolPhase.STOPPED
        ? ErrorCode.SHUTTING_DOWN
        : ErrorCode.POOL_UNAVAILABLE;
  }

  private List<PoolEffect> saturate(Ticket ticket) {
    PoolEffect refusal =
        calls.refuse(ticket, ErrorCode.POOL_SATURATED, Explanations.saturated(this));
    if (saturated) {
      return List.of(refusal);
    }
    saturated = true;
    return List.of(refusal, new Announce(Event.POOL_SATURATED, "", Explanations.load(this)));
  }

  private PoolEffect dispatch(Ticket ticket, WorkerSlot slot, long now) {
    crew.busy(slot);
    calls.run(ticket, slot);
    long remaining = ticket.hasDeadline ? Math.max(1, ticket.deadline - now) : 0;
    return new Dispatch(slot.worker, ticket, remaining);
  }

  /**
   * A worker has answered the call of that sequence.
   *
   * @param failure the code it answered with, or null for a result
   */
  List<PoolEffect> completed(String worker, long sequence, @Nullable ErrorCode failure, long now) {
    WorkerSlot slot = crew.find(worker);
    Ticket ticket = slot == null ? null : slot.current;
    if (slot == null || ticket == null || ticket.sequence != sequence) {
      return List.of();
    }
    slot.current = null;
    slot.calls++;
    boolean awaited = ticket.state == State.RUNNING;
    calls.leave(ticket);
    // The next call goes out first, so that Python works while the caller is answered.
    List<PoolEffect> effects = new ArrayList<>(2);
    release(slot, now, effects);
    if (awaited) {
      count(slot, failure);
      effects.add(new Deliver(ticket));
    }
    return effects;
  }

  private void count(WorkerSlot slot, @Nullable ErrorCode failure) {
    if (failure == null) {
      calls.counters().succeeded();
    } else {
      slot.errors++;
      calls.counters().failed(failure);
    }
  }

  /** What a worker does once its call is over: the next one, or rest, or end. */
  private void release(WorkerSlot slot, long now, List<PoolEffect> effects) {
    if (slot.state() != WorkerSlot.State.BUSY) {
      return;
    }
    crew.idle(slot);
    feedIdle(now, effects);
    stopIdleIfDraining(effects);
  }

  private void feedIdle(long now, List<PoolEffect> effects) {
    while (crew.hasIdle() && calls.queued() > 0) {
      Ticket waiting = calls.poll();
      WorkerSlot free = crew.firstIdle();
      if (waiting != null && free != null) {
        saturated = false;
        effects.add(dispatch(waiting, free, now));
      }
    }
  }

  /** A worker has started and can take calls. */
  List<PoolEffect> workerReady(String worker, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null || slot.state() != WorkerSlot.State.STARTING) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    crew.idle(slot);
    effects.add(new Announce(Event.WORKER_READY, worker, ""));
    PoolEffect next = crew.nextOfStart();
    if (next != null) {
      effects.add(next);
    }
    if (phase == PoolPhase.STARTING && crew.isComplete()) {
      phase = phase.to(PoolPhase.SERVING);
      effects.add(new Announce(Event.POOL_READY, "", Explanations.load(this)));
      effects.add(new PoolEffect.Started());
    }
    feedIdle(now, effects);
    return effects;
  }

  /** A worker's connection has ended while its process may still live: it gets no more calls. */
  List<PoolEffect> workerLost(String worker) {
    WorkerSlot slot = crew.find(worker);
    if (slot != null && slot.state() != WorkerSlot.State.STOPPING) {
      crew.stopping(slot);
    }
    return List.of();
  }

  /** A worker's process is gone, for that reason; so is its call. */
  List<PoolEffect> workerEnded(String worker, String reason, boolean asked, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(3);
    crew.ended(slot);
    Ticket ticket = slot.current;
    slot.current = null;
    if (ticket != null) {
      failWithWorker(ticket, worker, reason, effects);
    }
    Event event = asked ? Event.WORKER_STOPPED : Event.WORKER_CRASHED;
    effects.add(new Announce(event, worker, reason));
    if (!asked) {
      lastError = worker + " " + reason;
    }
    succeed(slot, reason, now, effects);
    return effects;
  }

  private void failWithWorker(
      Ticket ticket, String worker, String reason, List<PoolEffect> effects) {
    if (ticket.state == State.RUNNING) {
      calls.counters().failed(ErrorCode.WORKER_CRASHED);
      String message = Explanations.crashed(limits.pool(), worker, reason);
      effects.add(new Refuse(ticket, ErrorCode.WORKER_CRASHED, message, worker));
    }
    calls.leave(ticket);
  }

  /** Sees to it that an ended worker's place is filled, if it is to be. */
  private void succeed(WorkerSlot ended, String reason, long now, List<PoolEffect> effects) {
    switch (phase) {
      case SERVING -> {
        calls.counters().restarted();
        effects.add(crew.replace(ended, now));
      }
      case STARTING -> effects.addAll(failStart(reason));
      case DRAINING -> stopIfEmpty(effects);
      default -> {}
    }
  }

  /** Does what is due at that time: calls whose time is over, workers that did not come back. */
  List<PoolEffect> expire(long now) {
    List<PoolEffect> effects = new ArrayList<>();
    Ticket due = calls.deadlines().peek();
    while (due != null && due.wakeAt - now <= 0) {
      calls.deadlines().cancel(due);
      switch (due.state) {
        case QUEUED -> expireQueued(due, effects);
        case RUNNING -> expireRunning(due, now, effects);
        case ABANDONED -> killLate(due, effects);
        default -> throw new IllegalStateException(due + " is due in a state that has no deadline");
      }
      due = calls.deadlines().peek();
    }
    if (drainLimit.isReached(now)) {
      drainLimit.clear();
      endDrain(effects);
    }
    return effects;
  }

  private void expireQueued(Ticket ticket, List<PoolEffect> effects) {
    saturated = false;
    String message = Explanations.queueTimeout(this, ticket);
    PoolEffect refusal = calls.refuse(ticket, ErrorCode.QUEUE_TIMEOUT, message);
    effects.add(new Announce(Event.QUEUE_TIMEOUT, "", ticket.id));
    effects.add(refusal);
  }

  private void expireRunning(Ticket ticket, long now, List<PoolEffect> effects) {
    WorkerSlot slot = CallBook.slotOf(ticket);
    slot.errors++;
    effects.add(new Announce(Event.CALL_TIMEOUT, slot.worker, ticket.id));
    String message = Explanations.executeTimeout(this, ticket, slot.worker);
    effects.add(calls.abandon(ticket, ErrorCode.EXECUTE_TIMEOUT, message));
    calls.deadlines().schedule(ticket, now + limits.cancelGraceNanos());
  }

  private void killLate(Ticket ticket, List<PoolEffect> effects) {
    WorkerSlot slot = CallBook.slotOf(ticket);
    if (slot.state() == WorkerSlot.State.BUSY) {
      crew.stopping(slot);
    }
    effects.add(new KillWorker(slot.worker, Explanations.killedLate(limits, ticket)));
  }

  /**
   * Takes no more calls, finishes those it has, and stops its workers.
   *
   * @param limitNanos how long that may take; then running calls are cancelled and queued ones
   *     refused
   */
  List<PoolEffect> drain(long limitNanos, long now) {
    if (phase == PoolPhase.DRAINING || phase == PoolPhase.STOPPED) {
      return List.of();
    }
    phase = phase.to(PoolPhase.DRAINING);
    crew.close();
    drainLimit.set(now + limitNanos);
    List<PoolEffect> effects = new ArrayList<>();
    stopIdleIfDraining(effects);
    stopIfEmpty(effects);
    return effects;
  }

  private void stopIdleIfDraining(List<PoolEffect> effects) {
    if (phase != PoolPhase.DRAINING || calls.queued() > 0) {
      return;
    }
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      if (slot.state() == WorkerSlot.State.IDLE || slot.state() == WorkerSlot.State.STARTING) {
        crew.stopping(slot);
        effects.add(new StopWorker(slot.worker));
      }
    }
  }

  private void endDrain(List<PoolEffect> effects) {
    refuseAllWaiting(effects);
    stopIdleIfDraining(effects);
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      Ticket ticket = slot.current;
      if (ticket != null) {
        cancelAtDrainEnd(slot, ticket, effects);
      }
    }
  }

  private void cancelAtDrainEnd(WorkerSlot slot, Ticket ticket, List<PoolEffect> effects) {
    if (ticket.state == State.RUNNING) {
      String message = Explanations.cancelledByDrain(limits.pool());
      effects.add(calls.abandon(ticket, ErrorCode.CANCELLED, message));
    }
    calls.deadlines().cancel(ticket);
    if (slot.state() == WorkerSlot.State.BUSY) {
      crew.stopping(slot);
    }
    effects.add(new KillWorker(slot.worker, "was still busy at the end of the drain"));
  }

  private void stopIfEmpty(List<PoolEffect> effects) {
    if (phase == PoolPhase.DRAINING && crew.isEmpty()) {
      phase = phase.to(PoolPhase.STOPPED);
      drainLimit.clear();
      refuseAllWaiting(effects);
      effects.add(new PoolEffect.Stopped());
    }
  }

  private void refuseAllWaiting(List<PoolEffect> effects) {
    String message = Explanations.drainedAway(limits.pool());
    calls.refuseWaiting(ErrorCode.SHUTTING_DOWN, message, effects);
  }

  /** Whether {@link #expire} has ever to be called again as things stand. */
  boolean hasNextExpiry() {
    return drainLimit.isSet() || calls.deadlines().size() > 0;
  }

  /** When {@link #expire} is next due; only if {@link #hasNextExpiry}. */
  long nextExpiry() {
    Ticket first = calls.deadlines().peek();
    return first == null ? drainLimit.at() : drainLimit.orEarlier(first.wakeAt);
  }

  PoolLimits limits() {
    return limits;
  }

  PoolPhase phase() {
    return phase;
  }

  Crew crew() {
    return crew;
  }

  Counters counters() {
    return calls.counters();
  }

  int queued() {
    return calls.queued();
  }

  @Nullable String lastError() {
    return lastError;
  }
}
