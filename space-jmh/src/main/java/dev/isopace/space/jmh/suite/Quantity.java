package dev.isopace.space.jmh.suite;

import java.util.Locale;

/** The kind of a figure, which decides how it is written and which of two is better. */
enum Quantity {
  /** In nanoseconds. */
  TIME(false) {
    @Override
    String format(double nanos) {
      if (nanos < 1e3) {
        return digits(nanos) + " ns";
      }
      if (nanos < 1e6) {
        return digits(nanos / 1e3) + " µs";
      }
      return nanos < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }
  },

  /** Per second. */
  RATE(true) {
    @Override
    String format(double perSecond) {
      if (perSecond < 1e3) {
        return digits(perSecond) + "/s";
      }
      return perSecond < 1e6 ? digits(perSecond / 1e3) + " k/s" : digits(perSecond / 1e6) + " M/s";
    }
  },

  /** Of the heap. */
  BYTES(false) {
    @Override
    String format(double bytes) {
      return digits(bytes) + " B";
    }
  };

  private final boolean moreIsBetter;

  Quantity(boolean moreIsBetter) {
    this.moreIsBetter = moreIsBetter;
  }

  /** Formats a figure with its unit, to two or three digits. */
  abstract String format(double value);

  /** Returns how many times as good one figure is as the other. */
  double gain(double figure, double other) {
    return moreIsBetter ? figure / other : other / figure;
  }

  /** Formats a figure without needless zeros. */
  static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** Formats a figure with two or three significant digits. */
  static String digits(double value) {
    double size = Math.abs(value);
    // What rounds to three digits before the point needs none behind it.
    String pattern = size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, size < 0.005 ? "%.0f" : pattern, value + 0.0);
  }
}
