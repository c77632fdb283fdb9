package io.snakepit.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of all that callers name. They are checked here, once, whichever door a name has come
 * by; what is within them fits into every header and every message of the host's.
 */
final class Names {
  private static final int MAX_TOOL = 128;
  private static final int MAX_SESSION = 256;
  private static final int MAX_CALL_ID = 256;
  private static final int MAX_POOL = 63;
  private static final int MAX_CONTENT_TYPE = 1024;

  private Names() {}

  /** Returns a value itself. Throws {@code INVALID_REQUEST} if it is null. */
  static <T> T given(@Nullable T value, String what) {
    if (value == null) {
      throw new SnakepitException(ErrorCode.INVALID_REQUEST, what + " must be given: got null");
    }
    return value;
  }

  /** Returns a duration in milliseconds; one that can't be counted in them is the longest. */
  static long milliseconds(Duration duration) {
    try {
      return duration.toMillis();
    } catch (ArithmeticException endless) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Returns a tool's name. Throws {@code INVALID_REQUEST} if it can't be one. */
  static String tool(@Nullable String name) {
    if (name == null || !isOf(name, MAX_TOOL, Names::isOfTool)) {
      throw invalid("tool must be the name of a tool, 1 to 128 of A-Z a-z 0-9 _ . -", name);
    }
    return name;
  }

  /** Returns whether a text can be the name of a tool. */
  static boolean isTool(String name) {
    return isOf(name, MAX_TOOL, Names::isOfTool);
  }

  /** Returns a session's key. Throws {@code INVALID_REQUEST} if it can't be one. */
  static String session(@Nullable String key) {
    if (key == null || !isOf(key, MAX_SESSION, Names::isOfSession)) {
      throw invalid("session must be 1 to 256 of A-Z a-z 0-9 . _ : -", key);
    }
    return key;
  }

  /** Returns a call's id. Throws {@code INVALID_REQUEST} if it can't be one. */
  static String callId(@Nullable String id) {
    if (id == null || !isOf(id, MAX_CALL_ID, Names::isGraphic)) {
      throw invalid("a call's id must be 1 to 256 printable ASCII characters without spaces", id);
    }
    return id;
  }

  /**
   * Returns a pool's name; empty means the default pool. Throws {@code INVALID_REQUEST} if it can't
   * be one.
   */
  static String pool(@Nullable String name) {
    if (name == null || !(name.isEmpty() || isPool(name))) {
      throw invalid(
          "pool must be a letter a-z, then at most 62 of a-z 0-9 -, or empty for the default pool",
          name);
    }
    return name;
  }

  private static boolean isPool(String name) {
    char first = name.charAt(0);
    return first >= 'a' && first <= 'z' && isOf(name, MAX_POOL, Names::isOfPool);
  }

  /**
   * Returns a content type; empty means JSON. Throws {@code INVALID_REQUEST} if it can't be one.
   */
  static String contentType(@Nullable String type) {
    if (type == null
        || !(type.isEmpty() || isOf(type, MAX_CONTENT_TYPE, c -> c == '\t' || isPrintable(c)))) {
      throw invalid("a content type must be at most 1024 printable ASCII characters", type);
    }
    return type;
  }

  /** Judges one character. */
  @FunctionalInterface
  private interface Rule {
    boolean allows(char c);
  }

  private static boolean isOf(String text, int most, Rule rule) {
    int length = text.length();
    if (length == 0 || length > most) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!rule.allows(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfPool(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }

  private static boolean isOfTool(char c) {
    return isOfPool(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
  }

  private static boolean isOfSession(char c) {
    return isOfTool(c) || c == ':';
  }

  private static boolean isGraphic(char c) {
    return c > ' ' && isPrintable(c);
  }

  private static boolean isPrintable(char c) {
    return c >= ' ' && c <= '~';
  }

  private static SnakepitException invalid(String rule, @Nullable String seen) {
    return new SnakepitException(
        ErrorCode.INVALID_REQUEST, rule + ": got " + Shown.of((Object) seen));
  }
}
