package io.snakepit.cli;

import java.util.function.IntSupplier;

/** Signals by which a command learns that it is to end: SIGTERM or Ctrl-C. */
interface StopSignals {

  /**
   * Registers what is done on the first signal, on a thread of its own; the JVM then ends with the
   * exit code that it returns.
   *
   * @return undoes it; does nothing once a signal has come
   */
  Runnable onFirst(IntSupplier drain);
}
