package io.snakepit.diagnostics;

import org.jspecify.annotations.Nullable;

/** Conversion of figures for JSON: what is unknown or endless is null there. */
final class Numbers {
  private static final double THOUSAND = 1_000;

  private Numbers() {}

  /** Rounds a figure to three digits after the point. */
  static @Nullable Double orNull(double figure) {
    return Double.isFinite(figure) ? Math.round(figure * THOUSAND) / THOUSAND : null;
  }

  static @Nullable Long wholeOrNull(double figure) {
    return Double.isFinite(figure) ? Math.round(figure) : null;
  }
}
