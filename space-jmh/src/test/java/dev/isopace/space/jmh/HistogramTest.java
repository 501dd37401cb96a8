package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A histogram's percentiles are those of what was recorded, to within one percent. */
class HistogramTest {
  @Test
  void percentilesAreExactToOnePercent() {
    Histogram histogram = new Histogram();
    for (int i = 1; i <= 100_000; i++) {
      histogram.record(i * 1_000L);
    }

    assertEquals(50_000, histogram.micros(0.5), 500);
    assertEquals(99_000, histogram.micros(0.99), 990);
    assertEquals(100_000, histogram.micros(1), 1_000);
    assertEquals(100_000, histogram.longestMicros());
    assertEquals(100_000, histogram.size());
  }

  @Test
  void everyDurationHasABucketOfItsSize() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long nanos = random.nextLong() >>> (24 + random.nextInt(40));
      Histogram histogram = new Histogram();
      histogram.record(nanos);
      assertEquals(
          nanos / 1e3, histogram.micros(0.5), nanos / 1e5, () -> nanos + " ns, seed " + seed);
    }
  }

  @Test
  void whatIsDrainedMoves() {
    Histogram from = new Histogram();
    Histogram to = new Histogram();
    from.record(7_000);
    to.drain(from);

    assertEquals(0, from.size());
    assertEquals(0, from.longestMicros());
    assertEquals(1, to.size());
    assertEquals(7, to.longestMicros());
    assertEquals(7, to.micros(0.99), 0.07);
  }
}
