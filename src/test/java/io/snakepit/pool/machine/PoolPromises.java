package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.WorkerSlot.State;

/** Checks of what {@link PoolState} promises to hold at any moment, against the world around it. */
final class PoolPromises {
  private final PoolWorld world;
  private final PoolState state;

  PoolPromises(PoolWorld world) {
    this.world = world;
    this.state = world.state;
  }

  /** Checks them all. Cheap: it is done after each of a million steps. */
  void check() {
    checkCalls();
    checkWorkers();
    checkDispatch();
    checkAffinity();
    checkCounters();
  }

  private void checkCalls() {
    int queued = 0;
    int running = 0;
    int fresh = 0;
    int delivering = 0;
    for (Ticket ticket : world.around.waiting) {
      boolean waits = ticket.state == Ticket.State.QUEUED;
      queued += waits ? 1 : 0;
      fresh += waits && ticket.attempts == 0 ? 1 : 0;
      running += ticket.state == Ticket.State.RUNNING ? 1 : 0;
      boolean delivers = ticket.state == Ticket.State.DELIVERING;
      delivering += delivers ? 1 : 0;
      holds(!delivers || ticket.slot == null, "what is delivered is in no worker");
      holds(!delivers || world.around.flowing.untaken(ticket) > 0, "and is not taken yet");
      holds(waits == (ticket.queue != null), "whoever is queued is in a queue");
      holds(!waits || ticket.slot == null, "and in no worker");
      holds(!(waits || delivers) || !isOver(ticket), "nobody waits beyond its own time");
      holds(!waits || isDueInTime(ticket), "nobody waits longer than the queue allows");
      boolean runs = ticket.state == Ticket.State.RUNNING;
      holds(!runs || !isOver(ticket), "nobody runs beyond its own time");
    }
    holds(delivering == state.streams().delivering(), "knows what is delivered");
    holds(
        queued + running + delivering == world.around.waiting.size(), "each call is in one place");
    holds(queued == state.calls().queued(), "the queue's length is right");
    holds(world.around.answered + world.around.waiting.size() == world.submitted, "none is lost");
    holds(
        state.calls().known() == world.around.waiting.size(),
        "ids of answered calls are forgotten");
    int returned = state.crew().target() * world.limits.workers().concurrency() * 8;
    holds(fresh <= world.limits.queueing().maxCalls() + returned, "the queue is bounded");
  }

  /** Returns whether a call's time is over, by what the call itself says and by the pool's rule. */
  private boolean isOver(Ticket ticket) {
    long own = ticket.call.timeoutMs();
    long allowed = own > 0 ? PoolScript.ms(own) : world.limits.calls().timeoutNanos();
    return allowed > 0 && world.now - ticket.acceptedAt > allowed;
  }

  /** Returns whether a call that waits is given up in the end: what is due is done in time. */
  private boolean isDueInTime(Ticket ticket) {
    return ticket.heapIndex >= 0
        && ticket.wakeAt - world.now <= world.limits.queueing().timeoutNanos();
  }

  private void checkWorkers() {
    Crew crew = state.crew();
    holds(crew.all().size() == world.around.alive.size(), "names all workers there are");
    int places = 0;
    for (WorkerSlot slot : crew.all()) {
      Surroundings.Body body = world.around.alive.get(slot.worker);
      holds(body != null, "names no ended worker");
      holds(slot.load <= world.limits.workers().concurrency(), "no worker is over its capacity");
      holds(slot.load >= 0 && (slot.load == 0) == slot.isIdle(), "capacity does not leak");
      holds(slot.running.size() == body.calls.size(), "knows the calls in " + slot.worker);
      holds(slot.stuck <= slot.running.size(), "counts what is stuck");
      holds(!slot.isLive() || isMoving(slot), "no call waits beside one that blocks all");
      holds(slot.canTake() == slot.isShelved(), "offers whoever has room");
      holds(slot.predecessor == null || slot.state() != State.READY, "successors take over");
      holds(
          slot.state() != State.LEAVING || slot.stuck < slot.running.size(),
          "who leaves and has nothing to finish ends");
      places += slot.holdsPlace() ? 1 : 0;
    }
    int starting = crew.count(State.STARTING) + crew.count(State.STOPPING);
    boolean noMore =
        starting >= world.limits.workers().startBatch() || !state.phase().keepsWorkers();
    for (WorkerSlot slot : crew.all()) {
      boolean due = slot.isReady() && slot.due != null;
      holds(!due || noMore || hasSuccessor(slot), "whoever is due gets a successor");
    }
    boolean filled = places == crew.target() || starting >= world.limits.workers().startBatch();
    holds(!state.phase().keepsWorkers() || filled, "every place is filled or about to be");
    holds(!state.phase().keepsWorkers() || places <= crew.target(), "and by one alone");
  }

  /**
   * Returns whether its event loop has come round since its calls should have stopped. One that has
   * a call that must not be cut is let stand.
   */
  private boolean isMoving(WorkerSlot slot) {
    PoolLimits.Calls limits = world.limits.calls();
    long patience = Math.max(limits.cancelGraceNanos(), Standstill.SHORTEST_NANOS);
    return !limits.onEventLoop()
        || slot.running.values().stream()
            .anyMatch(ticket -> !ticket.stuck && !slot.rules.mayInterrupt(ticket.call.tool()))
        || slot.running.values().stream()
            .filter(ticket -> ticket.stuck && world.now - ticket.interruptedAt > patience)
            .allMatch(t -> slot.cameRound && slot.cameRoundAt - t.interruptedAt >= 0);
  }

  private boolean hasSuccessor(WorkerSlot slot) {
    return state.crew().all().stream().anyMatch(each -> each.predecessor == slot);
  }

  private void checkDispatch() {
    boolean anyFree = state.crew().hasFree();
    boolean stays = state.crew().leastBound() != null;
    for (Ticket ticket : world.around.waiting) {
      if (ticket.state == Ticket.State.QUEUED) {
        boolean bound = world.limits.sessions().isStrict() && ticket.hasSession();
        boolean company = !bound && ticket.call.tool().equals("embed");
        holds(bound || company || !anyFree, "no call waits while a worker has room");
        boolean settling = bound && !isBound(ticket);
        holds(!settling || !stays, "nor one whose session could settle");
      }
    }
    for (WorkerSlot slot : state.crew().all()) {
      holds(!slot.canTake() || slot.bound.isEmpty(), "nor one that is bound to it");
    }
  }

  private boolean isBound(Ticket ticket) {
    return state.crew().all().stream()
        .anyMatch(slot -> slot.sessions.contains(ticket.call.session()));
  }

  private void checkAffinity() {
    int sessions = 0;
    for (WorkerSlot slot : state.crew().all()) {
      sessions += slot.sessions.size();
      boolean stays = slot.isReady() && slot.due == null;
      holds(slot.sessions.isEmpty() || stays, "bindings end with the worker's service");
    }
    holds(sessions <= world.limits.sessions().max(), "bindings are bounded");
  }

  private void checkCounters() {
    holds(state.calls().counters().ok() == seen("OK"), "counters match what callers saw");
    for (ErrorCode code : ErrorCode.values()) {
      holds(state.calls().counters().of(code) == seen(code.name()), "for each outcome");
    }
  }

  private long seen(String outcome) {
    return world.around.seen.getOrDefault(outcome, 0L);
  }

  private static void holds(boolean promise, String name) {
    if (!promise) {
      throw new AssertionError(name);
    }
  }
}
