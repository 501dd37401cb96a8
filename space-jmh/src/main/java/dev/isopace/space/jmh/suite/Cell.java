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
 * @param isFailed whether there would be one if nothing had gone wrong
 */
record Cell(
    double value,
    double error,
    SortedMap<Double, Double> percentiles,
    @Nullable String missing,
    boolean isFailed) {
  static Cell of(double value, double error, SortedMap<Double, Double> percentiles) {
    return Double.isFinite(value)
        ? new Cell(value, error, percentiles, null, false)
        : failed("the result lacks it");
  }

  /** Returns the cell of a subject of which the figure would say nothing. */
  static Cell refused(String reason) {
    return missing(reason, false);
  }

  static Cell failed(String reason) {
    return missing(reason, true);
  }

  private static Cell missing(String reason, boolean isFailed) {
    return new Cell(Double.NaN, Double.NaN, new TreeMap<>(), reason, isFailed);
  }

  boolean isThere() {
    return missing == null;
  }
}
