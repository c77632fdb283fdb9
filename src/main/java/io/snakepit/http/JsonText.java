package io.snakepit.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.snakepit.api.SnakepitException;
import java.io.IOException;
import java.util.regex.Pattern;

/** Rules for bodies that the host reads itself: JSON in UTF-8. */
final class JsonText {
  /** The words that the parser adds about itself. */
  private static final Pattern INTERNALS = Pattern.compile(" ?\\(start marker at \\[.*?\\]\\)");

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
      throw Problem.invalid("the body must be JSON in UTF-8 without a byte-order mark");
    }
  }

  /** Returns why a body can't be read, with the place at fault. */
  static SnakepitException explain(IOException fault) {
    if (fault instanceof JsonProcessingException e) {
      return Problem.invalid(
          "the body is not valid JSON at line %d, column %d: %s"
              .formatted(
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr(),
                  INTERNALS.matcher(e.getOriginalMessage()).replaceAll("")));
    }
    return Problem.invalid("the body is not valid UTF-8: " + fault.getMessage());
  }
}
