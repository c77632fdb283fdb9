package io.snakepit.pool;

import java.util.concurrent.ThreadLocalRandom;

/** A source of ids for calls that bring none: unique within this run, and short enough to read. */
final class GeneratedCallIds {
  private final String prefix;
  private long last;

  GeneratedCallIds() {
    this.prefix = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";
  }

  /** Returns an id that has not been returned before. */
  String next() {
    return prefix + ++last;
  }
}
