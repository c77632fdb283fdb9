package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.bus.Event;

/**
 * All that a pool can do to the world. {@link PoolState} decides on them, {@link PoolVerticle}
 * acts.
 */
sealed interface PoolEffect {

  /** Start a worker of that id, after a pause. */
  record StartWorker(String worker, long delayNanos) implements PoolEffect {}

  /** Send a call to a worker. {@code remainingNanos} is the time left; 0 means no deadline. */
  record Dispatch(String worker, Ticket ticket, long remainingNanos) implements PoolEffect {}

  /** Hand the worker's answer, which is just at hand, to the caller. */
  record Deliver(Ticket ticket) implements PoolEffect {}

  /** Tell the caller that the call failed. {@code worker} is empty unless one was running it. */
  record Refuse(Ticket ticket, ErrorCode code, String message, String worker)
      implements PoolEffect {}

  /** Let an idle or starting worker end in peace. */
  record StopWorker(String worker) implements PoolEffect {}

  /** End a worker that does not come back from its call. */
  record KillWorker(String worker, String reason) implements PoolEffect {}

  /** Publish an event. {@code reason} is empty where there is nothing to add. */
  record Announce(Event event, String worker, String reason) implements PoolEffect {}

  /** Every worker has been ready: the start has succeeded. */
  record Started() implements PoolEffect {}

  /** The start has failed for that reason. */
  record StartFailed(String reason) implements PoolEffect {}

  /** No worker is left: the stop is done. */
  record Stopped() implements PoolEffect {}
}
