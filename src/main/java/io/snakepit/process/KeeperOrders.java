package io.snakepit.process;

import io.vertx.core.Future;

/**
 * The orders that a pool's keeper takes. For the context that has started it; those given to a
 * keeper that is gone are ignored: its end is told.
 */
public interface KeeperOrders {

  /** Returns the pid of the keeper's process, which is not that of its guard. */
  long pid();

  /**
   * Orders a worker. Answered by exactly one {@code started} or {@code startFailed}.
   *
   * @param worker an id never used before
   * @param token that the worker shall show where the pool's workers attach
   */
  void startWorker(String worker, String token);

  /**
   * Orders a signal to the worker's process group.
   *
   * @param signal {@link Signals#TERM}, or {@link Signals#KILL}, which reaches all of its
   *     descendants too
   */
  void kill(String worker, int signal);

  /**
   * Has a worker's process, and it alone, write the stacks of all its threads to its standard
   * error. Does nothing if it has ended.
   */
  void dump(String worker);

  /**
   * Has a worker's process, and it alone, look whether its call is to be interrupted, by a signal.
   * Does nothing if it has ended, or has no handler for that signal.
   */
  void interrupt(String worker);

  /** Has workers that are ordered from now on import their adapter anew. */
  void roll();

  /** Has workers that are ordered from now on be fresh interpreters, until {@link #roll}. */
  void spawnAfresh();

  /**
   * Kills all workers and ends the keeper. May be called again, with the same answer.
   *
   * @return completes when nothing of it is left
   */
  Future<Void> stop();

  /**
   * Kills a keeper that does not do what it is told, by SIGKILL, and then what is left below it.
   * Listeners hear of the end as of any keeper's that ends unasked.
   */
  void abandon(String why);
}
