package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.WorkerEnd;
import io.snakepit.pool.machine.PoolEffect.Announce;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a pool: queues, workers, deadlines. Pure: no Vert.x, no clock, no chance of
 * its own, no log. Each method is told what happened and when, brings the state to order, and
 * returns what is to be done about it, in that order. {@code docs/pool.md} has the picture.
 *
 * <h2>What always holds</h2>
 *
 * <ul>
 *   <li>A call is in exactly one place: a queue, a worker, or answered. It is answered once.
 *   <li>A worker never has more calls than its capacity. A call takes its part of that until Python
 *       has really stopped: one that timed out or was cancelled is answered at once and
 *       interrupted, and its part is free when the late answer comes, or its worker killed and
 *       replaced after {@code cancelGrace}.
 *   <li>No call waits while a worker that may take it has room.
 *   <li>A call that was refused, or timed out or was cancelled in a queue, never reached a worker.
 *   <li>As long as the pool serves, a worker that ends is replaced.
 * </ul>
 *
 * <p>Its parts are built in the order in which they depend on each other; none of them knows this
 * class. Times are nanoseconds of one monotonic clock. Not thread-safe: it belongs to its pool's
 * event loop.
 */
public final class PoolState {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle = new PoolLifecycle();
  private final Crew crew;
  private final CallTable calls;
  private final CircuitBreaker circuitBreaker;
  private final Dispatching dispatching;
  private final Recycling recycling;
  private final Sizing sizing;
  private final ForkTrial trial;
  private final PoolHealth health;
  private final Eviction eviction;
  private final Streams streams;
  private final Drain drain;
  private final Failover failover;
  private final Expiry expiry;
  private final Arrival arrival;
  private final Restarts restarts;
  private final Schedule schedule;
  private final WorkerAnswers messages;
  private final PoolOrders orders;

  /**
   * @param chance decides by how much workers' limits differ
   */
  public PoolState(PoolLimits limits, RandomGenerator chance) {
    this.limits = limits;
    crew = new Crew(limits);
    calls = new CallTable(limits);
    dispatching = new Dispatching(limits, crew, calls);
    Retirement retirement = new Retirement(limits, crew, dispatching);
    recycling =
        new Recycling(limits, lifecycle, crew, calls.counters(), dispatching, retirement, chance);
    sizing = new Sizing(limits, lifecycle, crew, dispatching, recycling, retirement);
    trial = new ForkTrial(limits, lifecycle, crew, sizing);
    health = new PoolHealth(lifecycle, crew, calls, sizing, trial);
    eviction = new Eviction(crew, dispatching, health);
    streams = new Streams(limits, calls, eviction);
    Interruption interruption = new Interruption(limits, calls, recycling);
    drain = new Drain(limits, lifecycle, crew, calls, dispatching, streams, interruption);
    failover = new Failover(limits, lifecycle, calls, dispatching, streams, health);
    Completion completion =
        new Completion(
            crew, calls, dispatching, streams, interruption, recycling, retirement, drain);
    Standstill standstill = new Standstill(limits, calls, retirement);
    StuckCalls stuckCalls = new StuckCalls(crew, calls, recycling, retirement, standstill);
    expiry = new Expiry(limits, crew, calls, streams, interruption, drain, stuckCalls);
    circuitBreaker = CircuitBreaker.of(limits.restart());
    arrival =
        new Arrival(limits, lifecycle, crew, calls, dispatching, recycling, sizing, circuitBreaker);
    restarts =
        new Restarts(
            limits, lifecycle, crew, calls, circuitBreaker, dispatching, recycling, health);
    schedule = new Schedule(lifecycle, expiry, drain, restarts, recycling, sizing, dispatching);
    messages = new WorkerAnswers(crew, completion, streams, eviction, health, standstill, trial);
    orders = new PoolOrders(limits, lifecycle, crew, sizing, recycling, eviction, health, trial);
  }

  /** Starts the first workers. Once, before anything else. */
  public List<PoolEffect> start() {
    List<PoolEffect> effects = new ArrayList<>();
    crew.fill(0, effects);
    return effects;
  }

  /** Gives up the start: before any worker could be started, or with one of them. */
  public List<PoolEffect> failStart(String reason) {
    List<PoolEffect> effects = new ArrayList<>(2);
    restarts.failStart(reason, effects);
    return effects;
  }

  // What callers want.

  /** Takes a call, sends it to a worker, queues it or refuses it. */
  public List<PoolEffect> submit(Ticket ticket, long now) {
    if (!lifecycle.takesCalls()) {
      String why = Explanations.notServing(limits, lifecycle, crew);
      long retryAfter = circuitBreaker.nanosUntilTrust(now);
      return List.of(calls.refuse(ticket, lifecycle.refusalCode(), why, retryAfter));
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    calls.accept(ticket);
    if (!ticket.call.overBudget().isEmpty()) {
      dispatching.refuseBytes(ticket, effects);
    } else if (dispatching.submit(ticket, now, effects)) {
      sizing.grow(effects);
    }
    return effects;
  }

  /** Ends all calls of that id. Does nothing if they are over. */
  public List<PoolEffect> cancel(String call, long now) {
    List<PoolEffect> effects = new ArrayList<>(3);
    for (Ticket each = calls.find(call); each != null; each = calls.find(call)) {
      expiry.cancel(each, now, effects);
    }
    return effects;
  }

  /** Ends a call whose caller wants no more of it. Does nothing if it is over. */
  public List<PoolEffect> cancel(Ticket ticket, long now) {
    List<PoolEffect> effects = new ArrayList<>(3);
    if (ticket.isUnderWay()) {
      expiry.cancel(ticket, now, effects);
    }
    return effects;
  }

  /** Notes that the consumer of a stream has taken so much. */
  public List<PoolEffect> taken(Ticket ticket, int chunks, long bytes, long now) {
    List<PoolEffect> effects = new ArrayList<>(2);
    streams.taken(ticket, chunks, bytes, now, effects);
    drain.stopIfEmpty(effects);
    return effects;
  }

  // What becomes of workers.

  /**
   * Notes that a worker has started and can take calls.
   *
   * @param rules by which its tools are called
   */
  public List<PoolEffect> workerReady(String worker, ToolRules rules, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null || slot.state() != WorkerSlot.State.STARTING) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    arrival.ready(slot, rules, now, effects);
    health.assess(now, effects);
    return effects;
  }

  /** Notes what a worker holds, told between its calls. */
  public List<PoolEffect> workerHolds(String worker, long residentBytes) {
    List<PoolEffect> effects = new ArrayList<>(1);
    WorkerSlot slot = crew.find(worker);
    if (slot != null) {
      recycling.holds(slot, residentBytes, effects);
    }
    return effects;
  }

  /**
   * Gives no more calls to a worker whose connection has ended, while its process may still live.
   *
   * @param unread whether what was last sent to it has provably not been read
   */
  public List<PoolEffect> workerLost(String worker, boolean unread, long now) {
    List<PoolEffect> effects = new ArrayList<>(1);
    WorkerSlot slot = crew.find(worker);
    if (slot != null) {
      eviction.lost(slot, unread, now, effects);
    }
    return effects;
  }

  /** Kills a worker that gives no sign of life; it is replaced once it is gone. */
  public List<PoolEffect> workerHung(String worker, String reason, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null || !slot.isLive()) {
      return List.of();
    }
    slot.hung = true;
    return eviction.kill(slot, reason, true, now);
  }

  /**
   * Replaces a worker whose process is gone, and looks after its calls.
   *
   * @param end what kind of end it is
   */
  public List<PoolEffect> workerEnded(String worker, String reason, WorkerEnd end, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(3);
    crew.ended(slot);
    dispatching.unbind(slot, effects);
    failover.lose(slot, reason, now, effects);
    slot.hung |= end == WorkerEnd.LATE;
    boolean crash = end != WorkerEnd.ASKED && !slot.condemned;
    effects.add(new Announce(crash ? Event.WORKER_CRASHED : Event.WORKER_STOPPED, worker, reason));
    if (crash) {
      lifecycle.crashed(worker, reason);
    }
    trial.ended(slot, reason, crash && end != WorkerEnd.FAILED, effects);
    restarts.ended(slot, reason, crash, now, effects);
    drain.stopIfEmpty(effects);
    dispatching.serveAnyone(now, effects);
    health.assess(now, effects);
    return effects;
  }

  /** Notes that workers are fresh interpreters, though the pool was to fork if that is safe. */
  public void spawns() {
    trial.end();
  }

  /** Returns whether anybody waits for what a worker has to say of the call of that sequence. */
  public boolean awaits(String worker, long sequence) {
    WorkerSlot slot = crew.find(worker);
    Ticket ticket = slot == null ? null : slot.running.get(sequence);
    return ticket != null && ticket.isUnderWay();
  }

  // Time, and the end.

  /** Does what is due at that time: calls whose time is over, workers whose time is, and so on. */
  public List<PoolEffect> expire(long now) {
    return schedule.run(now);
  }

  /** Returns when {@link #expire} is next due, if ever. Valid until it is asked again. */
  public NextDue next() {
    return schedule.next();
  }

  /**
   * Takes no more calls, finishes those it has, and stops its workers.
   *
   * @param limitNanos how long that may take; then running calls are cancelled and queued ones
   *     refused
   */
  public List<PoolEffect> drain(long limitNanos, long now) {
    if (lifecycle.isStopping()) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>();
    drain.begin(now + limitNanos, effects);
    return effects;
  }

  /**
   * Answers every caller there is, since the machine itself is broken and goes out of use. Workers
   * are for the driver to end.
   */
  public List<PoolEffect> abort(String reason) {
    lifecycle.abort(reason);
    crew.close();
    List<PoolEffect> effects = new ArrayList<>();
    crew.all().forEach(slot -> failover.tell(slot, reason, effects));
    streams.refuseAll(ErrorCode.WORKER_CRASHED, reason, effects);
    String why = Explanations.notServing(limits, lifecycle, crew);
    dispatching.refuseWaiting(ErrorCode.POOL_UNAVAILABLE, why, effects);
    effects.add(new Announce(Event.POOL_FAILED, "", reason));
    return effects;
  }

  /** Returns what takes the messages of workers about their calls. */
  public WorkerAnswers messages() {
    return messages;
  }

  /** Returns what operators can have the pool do. */
  public PoolOrders orders() {
    return orders;
  }

  public PoolPhase phase() {
    return lifecycle.phase();
  }

  public PoolStatus status(long now) {
    return PoolStatus.of(lifecycle, crew, calls, recycling.roll(), health.fault(now));
  }

  /** Returns a worker's state; null if there is none of that name. */
  public @Nullable WorkerStatus worker(String worker) {
    WorkerSlot slot = crew.find(worker);
    return slot == null ? null : WorkerStatus.of(slot);
  }

  Crew crew() {
    return crew;
  }

  CallTable calls() {
    return calls;
  }

  Streams streams() {
    return streams;
  }
}
