package io.snakepit.cli;

import java.util.function.IntSupplier;

/** How a server's command learns that it is to end: SIGTERM or Ctrl-C. */
interface StopSignals {

  /**
   * On the first signal, drains on a thread of its own, and then ends the JVM with the exit code
   * that it answers.
   *
   * @return undoes it; does nothing once a signal has come
   */
  Runnable onFirst(IntSupplier drain);
}
