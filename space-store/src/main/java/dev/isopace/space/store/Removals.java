package dev.isopace.space.store;

import java.util.HashMap;
import java.util.Map;

/**
 * The removals of a run of segments that must be kept when it is rewritten; see {@link Compactor}.
 */
final class Removals {
  /** What a removal covers: one key, since it last began to hold entries. */
  private record Covered(String key, long begin) {}

  private final long first;

  /** The sequence of the last one that covers the same. */
  private final Map<Covered, Long> last = new HashMap<>();

  /**
   * None yet.
   *
   * @param first the lowest sequence in the run
   */
  Removals(long first) {
    this.first = first;
  }

  void add(RecordReader reader) {
    if (reader.type() == Format.REMOVAL && begin(reader) < first) {
      last.put(covered(reader), reader.sequence());
    }
  }

  boolean isNeeded(RecordReader reader) {
    return reader.type() == Format.REMOVAL
        && begin(reader) < first
        && last.getOrDefault(covered(reader), -1L) == reader.sequence();
  }

  private static Covered covered(RecordReader reader) {
    return new Covered(reader.keyString(), begin(reader));
  }

  private static long begin(RecordReader reader) {
    return Format.getLong(reader.bytes(), Format.body(reader.bytes(), reader.at()));
  }
}
