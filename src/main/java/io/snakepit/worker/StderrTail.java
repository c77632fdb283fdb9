package io.snakepit.worker;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a worker's standard error: what one wants to read once it has crashed. */
final class StderrTail {
  private static final int LINES = 20;
  private static final int LINE_LENGTH = 400;

  private final Deque<String> lines = new ArrayDeque<>(LINES);

  void add(String line) {
    if (line.isBlank()) {
      return;
    }
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.addLast(line.length() <= LINE_LENGTH ? line : line.substring(0, LINE_LENGTH) + "…");
  }

  /** Returns the lines, one below the other, behind a heading; empty without any. */
  String told() {
    return lines.isEmpty() ? "" : "; its last words:\n" + String.join("\n", lines);
  }
}
