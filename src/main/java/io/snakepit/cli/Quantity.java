package io.snakepit.cli;

import java.util.Locale;

/** Texts of figures for people; what is not known is said so. */
final class Quantity {
  private static final double KIB = 1024;
  private static final double TEN = 10;
  private static final double THOUSAND = 1_000;

  private Quantity() {}

  /** Formats a figure with the digits that count. */
  static String number(double figure) {
    if (Double.isNaN(figure)) {
      return "unknown";
    }
    if (Double.isInfinite(figure)) {
      return "no limit";
    }
    boolean whole = figure == Math.rint(figure) || Math.abs(figure) >= THOUSAND;
    return String.format(Locale.ROOT, whole ? "%,.0f" : figure < TEN ? "%.2f" : "%.1f", figure);
  }

  /** Formats bytes in the largest unit that leaves at least one of it. */
  static String bytes(double bytes) {
    if (!Double.isFinite(bytes)) {
      return number(bytes);
    }
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double figure = bytes;
    int unit = 0;
    while (Math.abs(figure) >= KIB && unit < units.length - 1) {
      figure /= KIB;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", figure, units[unit]);
  }

  static String millis(double millis) {
    return Double.isFinite(millis) ? number(millis) + " ms" : number(millis);
  }

  static String percent(double share) {
    return Double.isFinite(share)
        ? String.format(Locale.ROOT, "%.0f %%", share * 100)
        : number(share);
  }
}
