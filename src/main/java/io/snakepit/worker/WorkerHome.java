package io.snakepit.worker;

import io.snakepit.api.HostTools;

/**
 * The {@link Nursery} as the workers in it see it: does to a worker's process what must be done.
 * For the pool's event loop.
 */
interface WorkerHome {

  /** Returns the pool's name. */
  String pool();

  /** Returns the tools that running Python may call. */
  HostTools hostTools();

  /** Puts on record that a worker's process exists. */
  void activated(Worker worker);

  /** Has a worker write to the log where its threads are. */
  void dump(Worker worker);

  /** Has a worker look whether its call is to be interrupted. */
  void interrupt(Worker worker);

  /** Sends a signal to a worker's group, through the keeper. */
  void signal(Worker worker, int signal);

  /**
   * Sends SIGKILL to a worker's group by system call, on a worker thread: the keeper seems to be
   * deaf. Only to exactly that process; one that has been reaped has nothing left that a group
   * could name.
   */
  void killDirectly(Worker worker);

  /**
   * Kills the keeper, and has another started when it is needed: not even a direct kill was
   * reported.
   */
  void replaceKeeper(Worker worker);

  /** Forgets a worker whose process is gone. */
  void forget(Worker worker);
}
