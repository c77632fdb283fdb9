package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.CancelCall;
import io.snakepit.pool.machine.PoolEffect.SignalWorker;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The interrupting of calls that run and that nobody waits for any more. Their callers are answered
 * at once; Python has {@code cancelGrace} to stop.
 *
 * <p>Nearly all stop within a millisecond. One that does not may run C code that lets no other
 * thread of its process act, but looks for signals: so it gets some from outside, in pauses that
 * grow.
 *
 * <p>A tool that must not be interrupted is only told, and has no limit but the pool's own end.
 */
final class Interruption {
  private static final long FIRST_SIGNAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final String REASON = "its call was interrupted (afterInterrupt: replace)";

  private final PoolLimits limits;
  private final CallTable calls;
  private final Recycling recycling;

  Interruption(PoolLimits limits, CallTable calls, Recycling recycling) {
    this.limits = limits;
    this.calls = calls;
    this.recycling = recycling;
  }

  /** Answers the caller of a running call at once, and has Python interrupted. */
  void abandon(Ticket ticket, ErrorCode code, String message, long now, List<PoolEffect> effects) {
    effects.add(calls.abandon(ticket, code, message));
    Batch batch = ticket.batch;
    if (batch == null) {
      interrupt(List.of(ticket), now, effects);
    } else {
      interruptIfUnwanted(batch, now, effects);
    }
  }

  /** Interrupts a batch once nobody waits for any of its calls. */
  void interruptIfUnwanted(Batch batch, long now, List<PoolEffect> effects) {
    if (batch.becomesUnwanted()) {
      interrupt(batch.unanswered(), now, effects);
    }
  }

  private void interrupt(List<Ticket> together, long now, List<PoolEffect> effects) {
    Ticket first = together.get(0);
    WorkerSlot slot = first.home();
    if (!slot.isLive()) {
      return;
    }
    effects.add(new CancelCall(slot.worker, first.sequence));
    together.forEach(each -> each.interruptedAt = now);
    if (!slot.rules.mayInterrupt(first.call.tool())) {
      return; // it is told, and goes on to its end
    }
    giveUpLater(together, now);
    if (limits.calls().hearSignals()) {
      signalAfter(first, FIRST_SIGNAL_NANOS, now);
    }
    if (limits.calls().replacesInterrupted()) {
      recycling.replaceAtOnce(slot, REASON, effects);
    }
  }

  private void giveUpLater(List<Ticket> together, long now) {
    for (Ticket each : together) {
      each.giveUpAt = now + limits.calls().cancelGraceNanos();
      calls.deadlines().schedule(each, each.giveUpAt);
    }
  }

  /** Gives calls that must not be interrupted no more than the usual time, as the pool ends. */
  void limitUninterruptible(WorkerSlot slot, long now) {
    if (slot.isLive()) {
      giveUpLater(
          slot.inOrder().stream()
              .filter(each -> each.state == Ticket.State.ABANDONED && !each.stuck)
              .filter(each -> !slot.rules.mayInterrupt(each.call.tool()))
              .toList(),
          now);
    }
  }

  private void signalAfter(Ticket ticket, long pause, long now) {
    if (now + pause - ticket.giveUpAt < 0) {
      ticket.signalPause = pause;
      calls.deadlines().schedule(ticket, now + pause);
    } else {
      calls.deadlines().schedule(ticket, ticket.giveUpAt);
    }
  }

  /** Returns whether a call that was interrupted has still time to stop, and reminds it of that. */
  boolean isAwaited(Ticket ticket, long now, List<PoolEffect> effects) {
    if (ticket.giveUpAt - now <= 0) {
      return false;
    }
    WorkerSlot slot = ticket.home();
    if (slot.isLive()) {
      effects.add(new SignalWorker(slot.worker));
    }
    signalAfter(ticket, 2 * ticket.signalPause, now);
    return true;
  }
}
