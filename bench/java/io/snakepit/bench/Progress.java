package io.snakepit.bench;

import java.io.PrintStream;

/** Tells what goes on, on standard error: standard output is for results. */
final class Progress {
  private final PrintStream out;
  private final long start = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  void say(String what) {
    out.printf("%4d s  %s%n", (System.nanoTime() - start) / 1_000_000_000, what);
  }
}
