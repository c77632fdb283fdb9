package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;

/** All that a pool can do to the world. The machine decides on them, the shell carries them out. */
public sealed interface PoolEffect {

  /** Start a worker of that id, after a pause. */
  record StartWorker(String worker, long delayNanos) implements PoolEffect {}

  /**
   * Send a call to a worker.
   *
   * @param remainingNanos the time left; 0 means no deadline
   * @param batch how many calls, this and those dispatched right after it, are one batch; 0: it is
   *     none, or is not the first
   */
  record Dispatch(String worker, Ticket ticket, long remainingNanos, int batch)
      implements PoolEffect {}

  /** Interrupt a call in a worker: nobody waits for it any more. */
  record CancelCall(String worker, long sequence) implements PoolEffect {}

  /**
   * Hand the worker's answer, which is just at hand, to the caller; of a stream, keep it until
   * {@link Finish}.
   */
  record Deliver(Ticket ticket) implements PoolEffect {}

  /** Hand a piece of a call's answer, which is just at hand, to its consumer. */
  record PassOn(Ticket ticket) implements PoolEffect {}

  /** Let a worker send so many chunks more of a call's answer, and so many bytes of them. */
  record Grant(String worker, long sequence, int chunks, long bytes) implements PoolEffect {}

  /** Have the consumer of a stream tell at once what it takes. */
  record Hurry(Ticket ticket) implements PoolEffect {}

  /** Keep that refusal until {@link Finish}: chunks come first. */
  record Hold(Refuse last) implements PoolEffect {}

  /** The consumer of a stream has all chunks: tell how the call ended, as was delivered or held. */
  record Finish(Ticket ticket) implements PoolEffect {}

  /** A worker has taken some of the call's arguments, just as is at hand. */
  record Refill(Ticket ticket) implements PoolEffect {}

  /**
   * Tell the caller that the call failed.
   *
   * @param worker empty unless one was running it
   * @param retryAfterNanos when trying again has a chance; 0: nobody can tell
   */
  record Refuse(Ticket ticket, ErrorCode code, String message, String worker, long retryAfterNanos)
      implements PoolEffect {}

  /** Let a worker without calls, or one that is starting, end in peace. */
  record StopWorker(String worker) implements PoolEffect {}

  /**
   * End a worker.
   *
   * @param stacks whether it shall say before where its threads are
   */
  record KillWorker(String worker, String reason, boolean stacks) implements PoolEffect {}

  /** Workers started from now on shall import the adapter anew. */
  record ImportAnew() implements PoolEffect {}

  /**
   * Publish an event.
   *
   * @param detail the reason; of an event about a call or a session its id. Empty where there is
   *     nothing to add.
   */
  record Announce(Event event, String worker, String detail) implements PoolEffect {}

  /** Every worker has been ready: the start has succeeded. */
  record Started() implements PoolEffect {}

  /** The start has failed for that reason. */
  record StartFailed(String reason) implements PoolEffect {}

  /** No worker is left: the stop is done. */
  record Stopped() implements PoolEffect {}
}
