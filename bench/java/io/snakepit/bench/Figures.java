package io.snakepit.bench;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Numbers, for people and for machines. What is unknown is NaN here, "-" there, null in JSON. */
final class Figures {
  private static final double EXACT = 1_000;
  private static final double HUNDRED = 100;

  private Figures() {}

  /** Puts a figure with three decimals. */
  static void put(JsonObject json, String key, double value) {
    json.put(key, Double.isFinite(value) ? (Object) (Math.round(value * EXACT) / EXACT) : null);
  }

  /** With as many decimals as are worth reading. */
  static String text(double value) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    String form = value >= HUNDRED ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
