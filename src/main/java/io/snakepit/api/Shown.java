package io.snakepit.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows what a caller has sent, for answers and logs: cut to at most {@value #MAX} characters,
 * between two code points, with control characters made visible. Looks at no more than it shows,
 * however large the value is.
 */
public final class Shown {
  /** The most characters that are shown of one value. */
  public static final int MAX = 200;

  private static final char CUT = '…';

  private Shown() {}

  /** Shows a text. */
  public static String of(String text) {
    int end = plainEnd(text);
    return end == text.length() ? text : escaped(text, end);
  }

  /**
   * Shows a value of JSON, or of a Java caller: texts and numbers as they are, all else by its
   * kind, since to write it could take long.
   */
  public static String of(@Nullable Object value) {
    if (value instanceof Character letter) {
      return of((Object) letter.toString());
    }
    if (value instanceof CharSequence text) {
      int end = Math.min(text.length(), MAX + 1);
      return '"' + of(text.subSequence(0, end).toString()) + '"';
    }
    if (value instanceof BigInteger || value instanceof BigDecimal) {
      return number((Number) value);
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return String.valueOf(value);
    }
    return kind(value);
  }

  private static String number(Number value) {
    BigInteger digits =
        value instanceof BigDecimal decimal ? decimal.unscaledValue() : (BigInteger) value;
    return digits.bitLength() > 4 * MAX ? "a number of many digits" : of(value.toString());
  }

  private static String kind(Object value) {
    if (value instanceof Map || value instanceof io.vertx.core.json.JsonObject) {
      return "an object";
    }
    if (value instanceof Collection || value instanceof io.vertx.core.json.JsonArray) {
      return "an array";
    }
    return value instanceof io.vertx.core.buffer.Buffer || value instanceof byte[]
        ? "bytes"
        : of("a value of type " + value.getClass().getSimpleName());
  }

  /** Returns the length of what needs no change at the text's beginning; all of it for most. */
  private static int plainEnd(String text) {
    int length = text.length();
    if (length > MAX) {
      return 0;
    }
    int at = 0;
    while (at < length && isPlain(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c < 0x7f;
  }

  private static String escaped(String text, int plain) {
    StringBuilder shown = new StringBuilder(MAX).append(text, 0, plain);
    for (int at = plain; at < text.length(); ) {
      int point = text.codePointAt(at);
      String next = visible(point);
      at += Character.charCount(point);
      int room = MAX - (at < text.length() ? 1 : 0);
      if (shown.length() + next.length() > room) {
        return shown.append(CUT).toString();
      }
      shown.append(next);
    }
    return shown.toString();
  }

  private static String visible(int point) {
    return switch (point) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> isVisible(point) ? Character.toString(point) : "\\u%04x".formatted(point);
    };
  }

  /** Refuses what moves a terminal's cursor, is no text by itself, or turns the text around it. */
  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
