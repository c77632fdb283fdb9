package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.pool.machine.PoolEffect.Announce;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The machine that a pool is: queues, workers, deadlines. Pure: no Vert.x, no clock, no chance of
 * its own, no log. Each method is told what happened and when, brings the state to order, and
 * answers what is to be done about it, in that order. {@code docs/pool.md} has the picture.
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
 * <p>Times are nanoseconds of one monotonic clock. Not thread-safe: it belongs to its pool's event
 * loop.
 */
public final class PoolState {
  private final PoolLimits limits;
  private final RandomGenerator chance;
  private final Crew crew;
  private final CallTable calls;
  private final ServiceTime pace = new ServiceTime();
  private final PoolHealth health = new PoolHealth();
  private final CircuitBreaker circuit;
  private final Dispatching dispatching;
  private final Retirement departures;
  private final Recycling recycling;
  private final Completion completion;
  private final Failover losses;
  private final Restarts succession;
  private final Schedule agenda;
  private final Sizing sizing;
  private final Expiry expiry;
  private final Streams streams;
  private final Drain drain;
  private PoolPhase phase = PoolPhase.STARTING;
  private boolean paused;
  private @Nullable String lastError;

  /**
   * @param chance decides by how much workers' limits differ
   */
  public PoolState(PoolLimits limits, RandomGenerator chance) {
    this.limits = limits;
    this.chance = chance;
    this.crew = new Crew(limits);
    this.calls = new CallTable(limits);
    this.streams = new Streams(this);
    this.dispatching =
        new Dispatching(this, new Affinity(limits.sessions().max(), limits.sessions().isStrict()));
    this.departures = new Retirement(this);
    this.recycling = new Recycling(this);
    this.sizing = new Sizing(this);
    this.drain = new Drain(this);
    this.losses = new Failover(this);
    this.completion = new Completion(this, drain);
    this.expiry = new Expiry(this);
    this.circuit =
        new CircuitBreaker(
            limits.restart().maxCrashes(),
            limits.restart().windowNanos(),
            limits.restart().probationNanos());
    this.succession = new Restarts(this, circuit);
    this.agenda = new Schedule(this, circuit, drain);
  }

  /** Starts the first workers. Once, before anything else. */
  public List<PoolEffect> start() {
    List<PoolEffect> effects = new ArrayList<>();
    crew.fill(0, effects);
    return effects;
  }

  /** The start has failed: before any worker could be started, or with one of them. */
  public List<PoolEffect> failStart(String reason) {
    phase = phase.to(PoolPhase.FAILED);
    crew.close();
    lastError = reason;
    return List.of(new Announce(Event.POOL_FAILED, "", reason), new PoolEffect.StartFailed(reason));
  }

  /** Takes a call, sends it to a worker, queues it or refuses it. */
  public List<PoolEffect> submit(Ticket ticket, long now) {
    if (phase != PoolPhase.SERVING || paused) {
      String why = Explanations.notServing(this);
      return List.of(calls.refuse(ticket, refusalCode(), why, circuit.nanosUntilTrust(now)));
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    calls.accept(ticket);
    dispatching.submit(ticket, now, effects);
    return effects;
  }

  /** What calls and orders are refused with that can't be taken as things stand. */
  ErrorCode refusalCode() {
    return phase == PoolPhase.DRAINING || phase == PoolPhase.STOPPED
        ? ErrorCode.SHUTTING_DOWN
        : ErrorCode.POOL_UNAVAILABLE;
  }

  /** Somebody wants the calls of that id to end. There is nothing to be done if they are over. */
  public List<PoolEffect> cancel(String call, long now) {
    List<PoolEffect> effects = new ArrayList<>(3);
    for (Ticket each = calls.find(call); each != null; each = calls.find(call)) {
      expiry.cancel(each, now, effects);
    }
    return effects;
  }

  /**
   * A worker has answered the call of that sequence.
   *
   * @param failure the code it answered with, or null for a result
   * @param residentBytes what it holds after the call; 0: not told
   */
  public List<PoolEffect> completed(
      String worker, long sequence, @Nullable ErrorCode failure, long residentBytes, long now) {
    WorkerSlot slot = crew.find(worker);
    return slot == null
        ? List.of()
        : completion.completed(slot, sequence, failure, residentBytes, now);
  }

  /** A worker says what has no place in the conversation: it is not to be trusted any more. */
  public List<PoolEffect> breach(WorkerSlot slot, String what, long now) {
    return slot.isLive() ? kill(slot, "broke the protocol: " + what, false, now) : List.of();
  }

  /** See {@link #breach(WorkerSlot, String, long)}. */
  public List<PoolEffect> breach(String worker, String what, long now) {
    WorkerSlot slot = crew.find(worker);
    return slot == null ? List.of() : breach(slot, what, now);
  }

  /** The caller of a call wants no more of it. There is nothing to be done if it is over. */
  public List<PoolEffect> cancel(Ticket ticket, long now) {
    List<PoolEffect> effects = new ArrayList<>(3);
    if (ticket.isUnderWay()) {
      expiry.cancel(ticket, now, effects);
    }
    return effects;
  }

  /**
   * A worker has started and can take calls.
   *
   * @param rules which of its tools take batches
   */
  public List<PoolEffect> workerReady(String worker, Collection<BatchRule> rules, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null || slot.state() != WorkerSlot.State.STARTING) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(2);
    crew.ready(slot, now);
    circuit.ready(worker, now);
    dispatching.learn(rules);
    effects.add(new Announce(Event.WORKER_READY, worker, ""));
    crew.fill(phase == PoolPhase.STARTING ? limits.workers().startDelayNanos() : 0, effects);
    serveIfComplete(effects);
    recycling.ready(slot, chance.nextDouble(), now, effects);
    dispatching.serve(slot, now, effects);
    if (dispatching.waitingForAnyone() > 0) {
      sizing.grow(effects);
    }
    health.assess(this, now, effects);
    return effects;
  }

  private void serveIfComplete(List<PoolEffect> effects) {
    if (phase == PoolPhase.STARTING && crew.isComplete()) {
      phase = phase.to(PoolPhase.SERVING);
      effects.add(new Announce(Event.POOL_READY, "", Explanations.load(this)));
      effects.add(new PoolEffect.Started());
    }
  }

  /** What a worker holds, told between its calls. */
  public List<PoolEffect> workerHolds(String worker, long residentBytes) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(1);
    slot.wear.holds(residentBytes);
    recycling.judge(slot, effects);
    return effects;
  }

  /**
   * A worker's connection has ended while its process may still live: it gets no more calls.
   *
   * @param unread whether what was last sent to it has provably not been read
   */
  public List<PoolEffect> workerLost(String worker, boolean unread, long now) {
    List<PoolEffect> effects = new ArrayList<>(1);
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return effects;
    }
    slot.unread |= unread && slot.running.size() == 1;
    if (slot.state() != WorkerSlot.State.STOPPING) {
      crew.stopping(slot);
      dispatching.unbind(slot, effects);
      health.assess(this, now, effects);
    }
    return effects;
  }

  /** A worker gives no sign of life: it is ended, and replaced once it is gone. */
  public List<PoolEffect> workerHung(String worker, String reason, long now) {
    WorkerSlot slot = crew.find(worker);
    return slot == null || !slot.isLive() ? List.of() : kill(slot, reason, true, now);
  }

  /** Ends a worker that is not to end already. */
  List<PoolEffect> kill(WorkerSlot slot, String reason, boolean stacks, long now) {
    List<PoolEffect> effects = new ArrayList<>(2);
    crew.stopping(slot);
    dispatching.unbind(slot, effects);
    effects.add(new KillWorker(slot.worker, reason, stacks));
    health.assess(this, now, effects);
    return effects;
  }

  /** A worker's process is gone, for that reason; so are its calls. */
  public List<PoolEffect> workerEnded(String worker, String reason, boolean asked, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return List.of();
    }
    List<PoolEffect> effects = new ArrayList<>(3);
    crew.ended(slot);
    dispatching.unbind(slot, effects);
    losses.lose(slot, reason, now, effects);
    boolean crash = !asked && !slot.condemned;
    effects.add(new Announce(crash ? Event.WORKER_CRASHED : Event.WORKER_STOPPED, worker, reason));
    if (crash) {
      lastError = worker + " " + reason;
    }
    succession.ended(slot, reason, crash, now, effects);
    stopIfEmpty(effects);
    dispatching.serveAnyone(now, effects);
    health.assess(this, now, effects);
    return effects;
  }

  /** Does what is due at that time: calls whose time is over, workers whose time is, and so on. */
  public List<PoolEffect> expire(long now) {
    return agenda.run(now);
  }

  /**
   * Takes no more calls, finishes those it has, and stops its workers.
   *
   * @param limitNanos how long that may take; then running calls are cancelled and queued ones
   *     refused
   */
  public List<PoolEffect> drain(long limitNanos, long now) {
    if (phase == PoolPhase.DRAINING || phase == PoolPhase.STOPPED) {
      return List.of();
    }
    phase = phase.to(PoolPhase.DRAINING);
    List<PoolEffect> effects = new ArrayList<>();
    drain.begin(now + limitNanos, effects);
    stopIfEmpty(effects);
    return effects;
  }

  /** A pool that is to stop has, once nobody works and nobody waits. */
  void stopIfEmpty(List<PoolEffect> effects) {
    if (phase == PoolPhase.DRAINING && crew.isEmpty() && streams.delivering() == 0) {
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
  public List<PoolEffect> abort(String reason) {
    phase = PoolPhase.FAILED;
    crew.close();
    lastError = reason;
    List<PoolEffect> effects = new ArrayList<>();
    crew.all().forEach(slot -> losses.tell(slot, reason, effects));
    streams.refuseAll(ErrorCode.WORKER_CRASHED, reason, effects);
    String why = Explanations.notServing(this);
    dispatching.refuseWaiting(ErrorCode.POOL_UNAVAILABLE, why, effects);
    effects.add(new Announce(Event.POOL_FAILED, "", reason));
    return effects;
  }

  /** When {@link #expire} is next due, if ever, as things stand. Valid until it is asked again. */
  public NextDue next() {
    return agenda.next();
  }

  /** Whether somebody has the pool take no calls for now. */
  public boolean isPaused() {
    return paused;
  }

  void pause(boolean wanted) {
    paused = wanted;
  }

  /** How long the calls that wait will take, in nanoseconds. */
  long workOffNanos() {
    return pace.worksOff(Math.max(1, queued()), crew.ready() * limits.workers().concurrency());
  }

  ServiceTime pace() {
    return pace;
  }

  public PoolHealth health() {
    return health;
  }

  public PoolLimits limits() {
    return limits;
  }

  public PoolPhase phase() {
    return phase;
  }

  /** Goes to that phase, if one may go there from here. */
  void enter(PoolPhase next) {
    phase = phase.to(next);
  }

  public Crew crew() {
    return crew;
  }

  CallTable calls() {
    return calls;
  }

  Dispatching dispatching() {
    return dispatching;
  }

  Retirement departures() {
    return departures;
  }

  public Recycling recycling() {
    return recycling;
  }

  Sizing sizing() {
    return sizing;
  }

  Restarts succession() {
    return succession;
  }

  public Streams streams() {
    return streams;
  }

  Expiry expiry() {
    return expiry;
  }

  public Counters counters() {
    return calls.counters();
  }

  public int queued() {
    return calls.queued();
  }

  public @Nullable String lastError() {
    return lastError;
  }
}
