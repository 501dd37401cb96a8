package dev.isopace.space.store;

import java.util.HashMap;
import java.util.Map;

/**
 * What must be kept of a run of segments when it is rewritten, its entries aside: removals of what
 * is in older segments (see {@link Compactor}), and the last word on those having been durable.
 */
final class NeededRecords {
  /** What a removal covers: one key, since it last began to hold entries. */
  private record Covered(String key, long begin) {}

  private final long first;

  /** The sequence of the last one that covers the same. */
  private final Map<Covered, Long> last = new HashMap<>();

  /** The sequence of the last record that says that what is before it was durable. */
  private long lastDurable;

  /** For a run before which nothing is left of what removals in it cover. */
  static NeededRecords withoutRemovals() {
    return new NeededRecords(0);
  }

  /**
   * None yet.
   *
   * @param first the lowest sequence in the run
   */
  NeededRecords(long first) {
    this.first = first;
  }

  void add(RecordReader reader) {
    if (reader.type() == Format.REMOVAL && reader.removalBegin() < first) {
      last.put(covered(reader), reader.sequence());
    } else if (reader.type() == Format.DURABLE) {
      lastDurable = reader.sequence();
    }
  }

  boolean includes(RecordReader reader) {
    return switch (reader.type()) {
      case Format.REMOVAL ->
          reader.removalBegin() < first
              && last.getOrDefault(covered(reader), -1L) == reader.sequence();
      case Format.DURABLE -> reader.sequence() == lastDurable;
      default -> false;
    };
  }

  private static Covered covered(RecordReader reader) {
    return new Covered(reader.keyString(), reader.removalBegin());
  }
}
