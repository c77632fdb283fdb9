package io.snakepit.http;

import org.jspecify.annotations.Nullable;

/** Scanner of a number in JSON, whose digits may arrive in parts. Keeps the first of them. Pure. */
final class JsonNumberScanner {
  private static final int KEPT = 64;

  private final StringBuilder kept = new StringBuilder();
  private Part part = Part.MINUS;
  private boolean decimal;

  /** The part of the number that has come last. */
  private enum Part {
    MINUS,
    ZERO,
    DIGITS,
    POINT,
    FRACTION,
    EXPONENT,
    SIGN,
    POWER
  }

  /** Begins with a minus or a digit. */
  void begin(byte first) {
    kept.setLength(0);
    decimal = false;
    part = first == '-' ? Part.MINUS : first == '0' ? Part.ZERO : Part.DIGITS;
    keep(first);
  }

  private void keep(byte next) {
    if (kept.length() < KEPT) {
      kept.append((char) next);
    }
  }

  /** Walks on; returns where the number ends, or {@code to} if it may go on. */
  int scan(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      Part next = next(bytes[at]);
      if (next == null) {
        return at;
      }
      part = next;
      keep(bytes[at]);
    }
    return to;
  }

  private @Nullable Part next(byte seen) {
    boolean digit = seen >= '0' && seen <= '9';
    return switch (part) {
      case MINUS -> digit ? (seen == '0' ? Part.ZERO : Part.DIGITS) : null;
      case ZERO -> pointOrExponent(seen);
      case DIGITS -> digit ? Part.DIGITS : pointOrExponent(seen);
      case POINT -> digit ? Part.FRACTION : null;
      case FRACTION -> digit ? Part.FRACTION : exponent(seen);
      case EXPONENT -> seen == '+' || seen == '-' ? Part.SIGN : digit ? Part.POWER : null;
      case SIGN, POWER -> digit ? Part.POWER : null;
    };
  }

  private @Nullable Part pointOrExponent(byte seen) {
    if (seen == '.') {
      decimal = true;
      return Part.POINT;
    }
    return exponent(seen);
  }

  private @Nullable Part exponent(byte seen) {
    if (seen != 'e' && seen != 'E') {
      return null;
    }
    decimal = true;
    return Part.EXPONENT;
  }

  /** Returns whether the number could end here. */
  boolean isWhole() {
    return switch (part) {
      case ZERO, DIGITS, FRACTION, POWER -> true;
      default -> false;
    };
  }

  /** Returns whether it has a point or an exponent. */
  boolean isDecimal() {
    return decimal;
  }

  /** Returns the number as it stands; of a long one the begin. */
  String text() {
    return kept.toString();
  }
}
