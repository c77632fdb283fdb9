package io.snakepit.bench;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** The middle of several measurements, which a noisy machine moves least. */
final class Median {
  private Median() {}

  /** Returns the median; NaN of no values. */
  static double of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static <T> double of(Collection<T> measurements, ToDoubleFunction<T> figure) {
    return of(measurements.stream().map(figure::applyAsDouble).toList());
  }
}
