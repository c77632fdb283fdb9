package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.Deliver;
import io.snakepit.pool.machine.Ticket.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The consequences of a worker's answer to a call. */
final class Completion {
  private final Crew crew;
  private final CallTable calls;
  private final Dispatching dispatching;
  private final Streams streams;
  private final Interruption interruption;
  private final Recycling recycling;
  private final Retirement retirement;
  private final Drain drain;

  Completion(
      Crew crew,
      CallTable calls,
      Dispatching dispatching,
      Streams streams,
      Interruption interruption,
      Recycling recycling,
      Retirement retirement,
      Drain drain) {
    this.crew = crew;
    this.calls = calls;
    this.dispatching = dispatching;
    this.streams = streams;
    this.interruption = interruption;
    this.recycling = recycling;
    this.retirement = retirement;
    this.drain = drain;
  }

  /**
   * Takes a worker's answer.
   *
   * @param ticket the call, which has been taken out of the worker
   * @param failure the code that the worker answered with, or null for a result
   * @param residentBytes what the worker holds after the call; 0: not told
   */
  List<PoolEffect> completed(
      WorkerSlot slot, Ticket ticket, @Nullable ErrorCode failure, long residentBytes, long now) {
    boolean awaited = ticket.state == State.RUNNING;
    note(slot, ticket, failure, residentBytes, now);
    dispatching.ended(ticket, now);
    // The next call goes out first, so that Python works while the caller is answered.
    List<PoolEffect> effects = new ArrayList<>(2);
    recycling.judge(slot, effects);
    release(slot, ticket, now, effects);
    if (awaited) {
      deliver(slot, ticket, failure, effects);
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
    calls.serviceTime().ran(now - ticket.dispatchedAt);
  }

  private void deliver(
      WorkerSlot slot, Ticket ticket, @Nullable ErrorCode failure, List<PoolEffect> effects) {
    slot.errors += failure == null ? 0 : 1;
    effects.add(new Deliver(ticket));
    if (ticket.flow == null) {
      calls.counters().ended(failure);
    } else {
      streams.completed(ticket, ticket.flow, failure, effects);
    }
  }

  /** Gives the worker its next call, or has it rest, or end. */
  private void release(WorkerSlot slot, Ticket ticket, long now, List<PoolEffect> effects) {
    Batch batch = ticket.batch;
    if (batch == null || batch.answered()) {
      crew.release(slot, now);
    } else {
      interruption.interruptIfUnwanted(batch, now, effects);
    }
    dispatching.serve(slot, now, effects);
    retirement.goOn(slot, effects);
    drain.stopIdle(effects);
  }
}
