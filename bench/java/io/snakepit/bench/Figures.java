package io.snakepit.bench;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers, for people and for machines. What is unknown is NaN here, "-" there, null in JSON. */
final class Figures {
  private static final double EXACT = 1_000;
  private static final double HUNDRED = 100;
  private static final MathContext THREE_DIGITS = new MathContext(3);

  private Figures() {}

  /**
   * Puts a figure with three decimals; below 1 with three significant digits, so never as a zero.
   */
  static void put(JsonObject json, String key, double value) {
    json.put(key, Double.isFinite(value) ? (Object) rounded(value) : null);
  }

  private static double rounded(double value) {
    return Math.abs(value) < 1
        ? BigDecimal.valueOf(value).round(THREE_DIGITS).doubleValue()
        : Math.round(value * EXACT) / EXACT;
  }

  /** Formats a figure with as many decimals as are worth reading. */
  static String text(double value) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    String form = value >= HUNDRED ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
