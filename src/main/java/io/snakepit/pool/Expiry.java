package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.bus.Event;
import io.snakepit.pool.PoolEffect.Announce;
import io.snakepit.pool.PoolEffect.KillWorker;
import java.util.List;

/**
 * What becomes of calls whose time is over, and of workers that do not come back from them. Part of
 * the machine that {@link PoolState} is.
 */
final class Expiry {
  private final PoolState pool;
  private final Crew crew;
  private final CallBook calls;

  Expiry(PoolState pool, Crew crew, CallBook calls) {
    this.pool = pool;
    this.crew = crew;
    this.calls = calls;
  }

  /** Does all that is due at that time. */
  void run(long now, List<PoolEffect> effects) {
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
  }

  private void expireQueued(Ticket ticket, List<PoolEffect> effects) {
    calls.hasRoom();
    String message = Explanations.queueTimeout(pool, ticket);
    PoolEffect refusal = calls.refuse(ticket, ErrorCode.QUEUE_TIMEOUT, message);
    effects.add(new Announce(Event.QUEUE_TIMEOUT, "", ticket.id));
    effects.add(refusal);
  }

  private void expireRunning(Ticket ticket, long now, List<PoolEffect> effects) {
    WorkerSlot slot = CallBook.slotOf(ticket);
    slot.errors++;
    effects.add(new Announce(Event.CALL_TIMEOUT, slot.worker, ticket.id));
    String message = Explanations.executeTimeout(pool, ticket, slot.worker);
    effects.add(calls.abandon(ticket, ErrorCode.EXECUTE_TIMEOUT, message));
    calls.deadlines().schedule(ticket, now + pool.limits().cancelGraceNanos());
  }

  private void killLate(Ticket ticket, List<PoolEffect> effects) {
    WorkerSlot slot = CallBook.slotOf(ticket);
    if (slot.state() == WorkerSlot.State.BUSY) {
      crew.stopping(slot);
    }
    slot.condemned = true;
    String why = Explanations.killedLate(pool.limits(), ticket);
    effects.add(new KillWorker(slot.worker, why));
  }
}
