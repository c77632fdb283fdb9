package io.snakepit.api;

/** Kinds of ends of workers, by what they say of those that come next. */
public enum WorkerEnd {
  /** The end was wanted, or came along with another's: no crash of the worker's own. */
  ASKED,
  /** The process has ended by itself, or had to be killed. */
  DIED,
  /** The worker was killed since it was not ready in time, though its process was there. */
  LATE,
  /**
   * The worker would have ended so whether it is forked or fresh: its adapter raised, no process
   * came to be, or its keeper has ended.
   */
  FAILED
}
