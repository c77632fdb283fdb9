package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.Deliver;
import io.snakepit.pool.machine.Ticket.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens when a worker answers a call. Part of the machine that {@link PoolState} is. */
final class Completion {
  private final PoolState pool;
  private final CallTable calls;
  private final Drain drain;

  Completion(PoolState pool, Drain drain) {
    this.pool = pool;
    this.calls = pool.calls();
    this.drain = drain;
  }

  /** See {@link PoolState#completed}. */
  List<PoolEffect> completed(
      WorkerSlot slot, long sequence, @Nullable ErrorCode failure, long residentBytes, long now) {
    Ticket ticket = slot.running.remove(sequence);
    if (ticket == null) {
      return pool.breach(slot, Explanations.strayMessage("an answer", sequence), now);
    }
    boolean awaited = ticket.state == State.RUNNING;
    note(slot, ticket, failure, residentBytes, now);
    // The next call goes out first, so that Python works while the caller is answered.
    List<PoolEffect> effects = new ArrayList<>(2);
    pool.recycling().judge(slot, effects);
    release(slot, ticket, now, effects);
    if (awaited) {
      deliver(slot, ticket, failure, now, effects);
    }
    if (pool.health().isDegraded()) {
      pool.health().assess(pool, now, effects);
    }
    return effects;
  }

  private void note(
      WorkerSlot slot, Ticket ticket, @Nullable ErrorCode failure, long residentBytes, long now) {
    slot.calls++;
    slot.stuck -= ticket.stuck ? 1 : 0;
    slot.wear.called(ticket.timedOut || Wear.isFault(failure), residentBytes);
    if (ticket.state != State.RUNNING || ticket.flow == null) {
      calls.leave(ticket);
    }
    pool.health().answered(now);
    pool.pace().ran(now - ticket.dispatchedAt);
  }

  private void deliver(
      WorkerSlot slot,
      Ticket ticket,
      @Nullable ErrorCode failure,
      long now,
      List<PoolEffect> effects) {
    slot.errors += failure == null ? 0 : 1;
    effects.add(new Deliver(ticket));
    if (ticket.flow == null) {
      calls.counters().ended(failure);
    } else {
      pool.streams().completed(ticket, ticket.flow, failure, now, effects);
    }
  }

  /** What a worker does once a call is over: the next one, or rest, or end. */
  private void release(WorkerSlot slot, Ticket ticket, long now, List<PoolEffect> effects) {
    Batch batch = ticket.batch;
    if (batch == null || batch.answered()) {
      pool.crew().release(slot, now);
    } else {
      pool.expiry().interruptIfUnwanted(batch, now, effects);
    }
    pool.dispatching().serve(slot, now, effects);
    pool.departures().goOn(slot, effects);
    drain.stopIdle(effects);
  }
}
