package dev.isopace.space.jmh.suite;

import java.util.ArrayList;
import java.util.List;

/** The layout of values along an axis: from zero, or by their logarithms. */
final class Scale {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};
  private static final int TICKS = 5;

  private final boolean isLogarithmic;
  private final double low;
  private final double high;
  private final List<Double> ticks = new ArrayList<>();

  private Scale(boolean isLogarithmic, double low, double high) {
    this.isLogarithmic = isLogarithmic;
    this.low = low;
    this.high = high;
  }

  /** Returns a scale from zero to a round number that no value exceeds. */
  static Scale linear(double largest) {
    double top = largest > 0 && Double.isFinite(largest) ? largest : 1;
    double magnitude = Math.pow(10, Math.floor(Math.log10(top / TICKS)));
    double step = magnitude * 10;
    for (double candidate : STEPS) {
      if (candidate * magnitude * TICKS >= top) {
        step = candidate * magnitude;
        break;
      }
    }
    Scale scale = new Scale(false, 0, Math.ceil(top / step - 1e-9) * step);
    for (int i = 0; i * step <= scale.high * (1 + 1e-9); i++) {
      scale.ticks.add(i * step);
    }
    return scale;
  }

  /** Returns a scale between whole powers of ten that holds all values. */
  static Scale logarithmic(double smallest, double largest) {
    int from = (int) Math.floor(Math.log10(smallest));
    int to = Math.max(from + 1, (int) Math.ceil(Math.log10(largest) - 1e-9));
    Scale scale = new Scale(true, from, to);
    for (int power = from; power <= to; power++) {
      scale.ticks.add(Math.pow(10, power));
    }
    return scale;
  }

  /** Returns the place of a value, from 0 to 1. */
  double place(double value) {
    return ((isLogarithmic ? Math.log10(value) : value) - low) / (high - low);
  }

  List<Double> ticks() {
    return ticks;
  }
}
