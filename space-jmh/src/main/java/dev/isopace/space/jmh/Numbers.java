package dev.isopace.space.jmh;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Medians, and figures that are as long as they are exact. */
final class Numbers {
  private Numbers() {}

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static double median(List<Double> values) {
    return median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Formats a figure with three digits or more. */
  static String format(double value) {
    String pattern = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, pattern, value);
  }
}
