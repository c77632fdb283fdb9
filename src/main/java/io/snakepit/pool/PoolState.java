package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.bus.Event;
import io.snakepit.pool.PoolEffect.Announce;
import io.snakepit.pool.PoolEffect.Deliver;
import io.snakepit.pool.PoolEffect.Dispatch;
import io.snakepit.pool.PoolEffect.KillWorker;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.Ticket.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The machine that a pool is: a queue, workers, deadlines. Pure: no Vert.x, no clock, no chance, no
 * log. Each method is told what happened and when, brings the state to order, and answers what is
 * to be done about it, in that order.
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
  private final PoolHealth health = new PoolHealth();
  private final Circuit circuit;
  private final Drain drain;
  private final Expiry expiry;

  PoolState(PoolLimits limits) {
    this.limits = limits;
    this.crew = new Crew(limits);
    this.calls = new CallBook(limits);
    this.drain = new Drain(limits, crew, calls);
    this.expiry = new Expiry(this, crew, calls);
    this.circuit =
        new Circuit(limits.maxCrashes(), limits.backoffWindowNanos(), limits.probationNanos());
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
    if (!calls.firstWithoutRoom()) {
      return List.of(refusal);
    }
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
    health.answered(now);
    // The next call goes out first, so that Python works while the caller is answered.
    List<PoolEffect> effects = new ArrayList<>(2);
    release(slot, now, effects);
    if (awaited) {
      count(slot, failure);
      effects.add(new Deliver(ticket));
    }
    if (health.isDegraded()) {
      health.assess(this, now, effects);
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
    drain.stopIdle(effects);
  }

  private void feedIdle(long now, List<PoolEffect> effects) {
    while (crew.hasIdle() && calls.queued() > 0) {
      Ticket waiting = calls.poll();
      WorkerSlot free = crew.firstIdle();
      if (waiting != null && free != null) {
        calls.hasRoom();
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
    circuit.ready(worker, now);
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
    health.assess(this, now, effects);
    return effects;
  }

  /** A worker's connection has ended while its process may still live: it gets no more calls. */
  List<PoolEffect> workerLost(String worker, long now) {
    List<PoolEffect> effects = new ArrayList<>(1);
    WorkerSlot slot = crew.find(worker);
    if (slot != null && slot.state() != WorkerSlot.State.STOPPING) {
      crew.stopping(slot);
      health.assess(this, now, effects);
    }
    return effects;
  }

  /** A worker gives no sign of life: it is ended, and replaced once it is gone. */
  List<PoolEffect> workerHung(String worker, String reason, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null || !slot.isReady()) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    crew.stopping(slot);
    effects.add(new KillWorker(worker, reason));
    health.assess(this, now, effects);
    return effects;
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
      health.lost(now);
      failWithWorker(ticket, worker, reason, effects);
    }
    boolean crash = !asked && !slot.condemned;
    effects.add(new Announce(crash ? Event.WORKER_CRASHED : Event.WORKER_STOPPED, worker, reason));
    if (!asked) {
      lastError = worker + " " + reason;
    }
    if (!crash) {
      circuit.left(worker);
    } else if (circuit.crashed(worker, now) && phase == PoolPhase.SERVING) {
      open(effects);
    }
    succeed(slot, reason, now, effects);
    health.assess(this, now, effects);
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

  /** Too many crashes: calls fail fast until a worker stays up. */
  private void open(List<PoolEffect> effects) {
    phase = phase.to(PoolPhase.OPEN);
    String why = Explanations.circuitOpen(this);
    effects.add(new Announce(Event.POOL_CIRCUIT_OPEN, "", why));
    calls.refuseWaiting(ErrorCode.POOL_UNAVAILABLE, why, effects);
  }

  private void close(long now, List<PoolEffect> effects) {
    if (phase == PoolPhase.OPEN) {
      phase = phase.to(PoolPhase.SERVING);
      effects.add(new Announce(Event.POOL_CIRCUIT_CLOSED, "", Explanations.load(this)));
      health.assess(this, now, effects);
    }
  }

  /** Sees to it that an ended worker's place is filled, if it is to be. */
  private void succeed(WorkerSlot ended, String reason, long now, List<PoolEffect> effects) {
    switch (phase) {
      case SERVING -> {
        calls.counters().restarted();
        effects.add(crew.replace(ended, now));
      }
      case OPEN -> {
        calls.counters().restarted();
        effects.add(crew.replaceLate(ended));
      }
      case STARTING -> effects.addAll(failStart(reason));
      case DRAINING -> stopIfEmpty(effects);
      default -> {}
    }
  }

  /** Does what is due at that time: calls whose time is over, workers that did not come back. */
  List<PoolEffect> expire(long now) {
    List<PoolEffect> effects = new ArrayList<>();
    expiry.run(now, effects);
    if (drain.limit().isReached(now)) {
      drain.end(effects);
    }
    if (circuit.closeIfDue(now)) {
      close(now, effects);
    }
    return effects;
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
    List<PoolEffect> effects = new ArrayList<>();
    drain.begin(now + limitNanos, effects);
    stopIfEmpty(effects);
    return effects;
  }

  private void stopIfEmpty(List<PoolEffect> effects) {
    if (phase == PoolPhase.DRAINING && crew.isEmpty()) {
      phase = phase.to(PoolPhase.STOPPED);
      drain.limit().clear();
      drain.refuseWaiting(effects);
      effects.add(new PoolEffect.Stopped());
    }
  }

  /**
   * The machine itself is broken and goes out of use: answers every caller there is. Workers are
   * for the driver to end.
   */
  List<PoolEffect> abort(String reason) {
    phase = PoolPhase.FAILED;
    crew.close();
    lastError = reason;
    List<PoolEffect> effects = new ArrayList<>();
    for (WorkerSlot slot : crew.all()) {
      if (slot.current != null) {
        failWithWorker(slot.current, slot.worker, reason, effects);
        slot.current = null;
      }
    }
    String why = Explanations.notServing(this);
    calls.refuseWaiting(ErrorCode.POOL_UNAVAILABLE, why, effects);
    effects.add(new Announce(Event.POOL_FAILED, "", reason));
    return effects;
  }

  /** Whether {@link #expire} has ever to be called again as things stand. */
  boolean hasNextExpiry() {
    return drain.limit().isSet() || circuit.isClosing() || calls.deadlines().size() > 0;
  }

  /** When {@link #expire} is next due; only if {@link #hasNextExpiry}. */
  long nextExpiry() {
    Ticket first = calls.deadlines().peek();
    long next = first == null ? Long.MAX_VALUE : first.wakeAt;
    boolean any = first != null;
    if (drain.limit().isSet()) {
      next = any ? drain.limit().orEarlier(next) : drain.limit().at();
      any = true;
    }
    if (circuit.isClosing()) {
      next = any && next - circuit.closesAt() <= 0 ? next : circuit.closesAt();
    }
    return next;
  }

  PoolHealth health() {
    return health;
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
