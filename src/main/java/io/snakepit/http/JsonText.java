package io.snakepit.http;

import io.snakepit.api.HostJson;
import io.snakepit.api.SnakepitException;
import java.io.IOException;

/** Rules for bodies that the host reads itself: JSON in UTF-8. */
final class JsonText {
  private JsonText() {}

  /**
   * Refuses a zero byte or a byte-order mark near the start, which would make the parser take the
   * body for UTF-16 or UTF-32.
   *
   * @throws SnakepitException {@code INVALID_REQUEST}
   */
  static void checkEncoding(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    int first = bytes[0] & 0xff;
    boolean marked = first == 0xef || first == 0xfe || first == 0xff;
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      marked |= bytes[i] == 0;
    }
    if (marked) {
      throw wrongEncoding();
    }
  }

  /** Returns the refusal of what is not in UTF-8. */
  static SnakepitException wrongEncoding() {
    return Problem.invalid("the body must be JSON in UTF-8 without a byte-order mark");
  }

  /** Returns why a body can't be read, with the place at fault. */
  static SnakepitException explain(IOException fault) {
    return Problem.invalid(HostJson.explain("the body", fault));
  }
}
