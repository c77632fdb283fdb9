package io.snakepit.bus;

import java.util.Locale;

/** Roles of the processes that the registry remembers. */
public enum RecordKind {
  /** A process that runs calls. */
  WORKER,
  /** The process between the host and the pool's workers. */
  KEEPER,
  /** The process that watches the host from outside. */
  WATCHDOG;

  /** Returns the word that stands in records and messages. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the kind of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RecordKind named(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
