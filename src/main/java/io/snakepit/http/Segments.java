package io.snakepit.http;

import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Decoder of the segments of a path. */
final class Segments {
  private Segments() {}

  /**
   * Undoes the percent-encoding of one segment. A plus stays a plus.
   *
   * @throws SnakepitException {@code INVALID_REQUEST} if a percent sign is not followed by two hex
   *     digits
   */
  static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
          "the path's \"%s\" is not percent-encoded".formatted(Shown.of(segment)));
    }
  }
}
