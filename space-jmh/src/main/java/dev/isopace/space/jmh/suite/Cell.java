package dev.isopace.space.jmh.suite;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The value of one figure of one subject.
 *
 * @param value the figure; NaN if there is none
 * @param error half the width of JMH's confidence interval; NaN if it was measured too seldom
 * @param percentiles of a latency, in nanoseconds by rank; else empty
 * @param missing why there is no figure; null if there is one
 */
record Cell(
    double value, double error, SortedMap<Double, Double> percentiles, @Nullable String missing) {
  static Cell of(double value, double error, SortedMap<Double, Double> percentiles) {
    return Double.isFinite(value)
        ? new Cell(value, error, percentiles, null)
        : missing("the result lacks it");
  }

  static Cell missing(String reason) {
    return new Cell(Double.NaN, Double.NaN, new TreeMap<>(), reason);
  }

  boolean isThere() {
    return missing == null;
  }
}
