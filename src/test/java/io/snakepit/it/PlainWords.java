package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

/** A check of what errors say to callers, who know nothing of how the host is made. */
final class PlainWords {
  private static final String[] INNARDS = {
    "io.vertx",
    "fasterxml",
    "io.netty",
    "java.",
    "jakarta",
    "io.snakepit",
    "Exception:",
    "StreamRead",
    "set_int_max_str_digits",
    "\u001b"
  };

  private PlainWords() {}

  /** Checks that a text names no class of ours or of a library, and can be shown as it is. */
  static void assertSaidBy(String text) {
    assertThat(text).doesNotContain(INNARDS);
  }
}
