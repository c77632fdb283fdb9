package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import io.snakepit.pool.machine.Ticket.State;
import java.util.List;

/**
 * The end of a pool: workers are stopped as they become free; at the limit what still runs is
 * cancelled, and what still waits refused.
 */
final class Drain {
  private final PoolLimits limits;
  private final PoolLifecycle lifecycle;
  private final Crew crew;
  private final CallTable calls;
  private final Dispatching dispatching;
  private final Streams streams;
  private final Interruption interruption;
  private boolean begun;

  /** Set while the limit is still to come. */
  private boolean limited;

  private long endsAt;

  Drain(
      PoolLimits limits,
      PoolLifecycle lifecycle,
      Crew crew,
      CallTable calls,
      Dispatching dispatching,
      Streams streams,
      Interruption interruption) {
    this.limits = limits;
    this.lifecycle = lifecycle;
    this.crew = crew;
    this.calls = calls;
    this.dispatching = dispatching;
    this.streams = streams;
    this.interruption = interruption;
  }

  /**
   * Begins the drain: stops who has nothing to do, and takes no more workers.
   *
   * @param limit when it has to be over
   */
  void begin(long limit, List<PoolEffect> effects) {
    lifecycle.enter(PoolPhase.DRAINING);
    begun = true;
    limited = true;
    endsAt = limit;
    crew.close();
    stopIdle(effects);
    stopIfEmpty(effects);
  }

  /** Stops who has nothing to do; does nothing before {@link #begin}, or while calls wait. */
  void stopIdle(List<PoolEffect> effects) {
    if (!begun || calls.queued() > 0) {
      return;
    }
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      boolean idle = slot.isReady() && slot.isIdle();
      if (idle || slot.state() == WorkerSlot.State.STARTING) {
        crew.stopping(slot);
        effects.add(new StopWorker(slot.worker));
      }
    }
  }

  /** Ends the pool that is being drained, once nobody works and nobody waits for chunks. */
  void stopIfEmpty(List<PoolEffect> effects) {
    boolean over = crew.isEmpty() && streams.delivering() == 0;
    if (over && lifecycle.phase() == PoolPhase.DRAINING) {
      lifecycle.enter(PoolPhase.STOPPED);
      limited = false;
      refuseWaiting(effects);
      effects.add(new PoolEffect.Stopped());
    }
  }

  /** Refuses who waits and cancels what runs, if the limit has been reached. */
  void endIfDue(long now, List<PoolEffect> effects) {
    if (!limited || endsAt - now > 0) {
      return;
    }
    limited = false;
    refuseWaiting(effects);
    stopIdle(effects);
    cancelRunning(now, effects);
    stopIfEmpty(effects);
  }

  private void cancelRunning(long now, List<PoolEffect> effects) {
    String message = Explanations.cancelledByDrain(limits.pool());
    streams.refuseAll(ErrorCode.CANCELLED, message, effects);
    for (WorkerSlot slot : List.copyOf(crew.all())) {
      for (Ticket ticket : slot.inOrder()) {
        if (ticket.state == State.RUNNING) {
          interruption.abandon(ticket, ErrorCode.CANCELLED, message, now, effects);
        }
      }
      interruption.limitUninterruptible(slot, now);
    }
  }

  private void refuseWaiting(List<PoolEffect> effects) {
    String message = Explanations.drainedAway(limits.pool());
    dispatching.refuseWaiting(ErrorCode.SHUTTING_DOWN, message, effects);
  }

  /** Tells when the limit is reached. */
  void addNext(NextDue next) {
    if (limited) {
      next.add(endsAt);
    }
  }
}
