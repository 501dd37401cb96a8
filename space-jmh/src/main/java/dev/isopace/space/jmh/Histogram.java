package dev.isopace.space.jmh;

/**
 * The durations of operations, to within one percent. Not thread-safe.
 *
 * <p>A duration's bucket is its magnitude and the seven bits behind its highest one, so that a
 * recording costs a shift and an addition and allocates nothing.
 */
final class Histogram {
  private static final int BITS = 7;
  private static final int WIDTH = 1 << BITS;

  /** The longest duration that is distinguished, about 18 minutes; a longer one counts as that. */
  private static final long LONGEST = (1L << 40) - 1;

  private final long[] counts = new long[index(LONGEST) + 1];
  private long size;
  private long longest;

  void record(long nanos) {
    long taken = Math.min(Math.max(nanos, 0), LONGEST);
    counts[index(taken)]++;
    size++;
    longest = Math.max(longest, taken);
  }

  /** Adds the records of another histogram, and empties that one. */
  void drain(Histogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
      other.counts[i] = 0;
    }
    size += other.size;
    longest = Math.max(longest, other.longest);
    other.size = 0;
    other.longest = 0;
  }

  long size() {
    return size;
  }

  /** Returns the longest duration, exactly. */
  double longestMicros() {
    return longest / 1e3;
  }

  /** Returns the duration that the given share of all did not exceed. */
  double micros(double share) {
    long rank = (long) Math.ceil(share * size);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank && seen > 0) {
        return middle(i) / 1e3;
      }
    }
    return 0;
  }

  private static int index(long nanos) {
    int shift = Math.max(0, Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(nanos));
    return (shift << BITS) + (int) (nanos >>> shift);
  }

  private static double middle(int index) {
    int shift = Math.max(0, index / WIDTH - 1);
    long mantissa = index - ((long) shift << BITS);
    return (mantissa << shift) + ((1L << shift) - 1) / 2.0;
  }
}
