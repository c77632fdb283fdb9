package io.snakepit.pool;

import java.util.concurrent.ThreadLocalRandom;

/** Makes ids for calls that bring none: unique within this run, and short enough to read. */
final class CallIds {
  private final String prefix;
  private long last;

  CallIds() {
    this.prefix = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";
  }

  String next() {
    return prefix + ++last;
  }
}
