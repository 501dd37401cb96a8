package dev.isopace.space.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/** The measurements of several rounds, of which the median counts. */
final class Rounds<T> {
  private final List<T> all;

  private Rounds(List<T> all) {
    this.all = all;
  }

  /** Measures a number of rounds, after some that only warm up. */
  static <T> Rounds<T> measure(int warmUps, int rounds, Callable<T> round) throws Exception {
    for (int i = 0; i < warmUps; i++) {
      round.call();
    }
    List<T> all = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      all.add(round.call());
    }
    return new Rounds<>(all);
  }

  double median(ToDoubleFunction<T> figure) {
    return Numbers.median(all.stream().mapToDouble(figure).toArray());
  }
}
