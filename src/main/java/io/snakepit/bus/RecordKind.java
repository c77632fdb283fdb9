package io.snakepit.bus;

import java.util.Locale;

/** What a process that the registry remembers is to its pool. */
public enum RecordKind {
  /** Runs calls. */
  WORKER,
  /** Stands between the host and the pool's workers. */
  KEEPER,
  /** Watches the host from outside. */
  WATCHDOG;

  /** As records and messages have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind of that word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RecordKind named(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
