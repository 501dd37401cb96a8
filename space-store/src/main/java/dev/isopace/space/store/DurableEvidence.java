package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.List;

/** How much of a log was durable, as far as its records say so. */
final class DurableEvidence {
  /** Segments that were not durable before they had their names. */
  private final List<Segment> unproven = new ArrayList<>();

  /** The last place that something says all was durable before. */
  private int id;

  private long offset;

  /** Adds a segment of which nothing but records can show that it was durable. */
  void addUnproven(Segment segment) {
    unproven.add(segment);
  }

  /** Notes that something says that all before a place was durable. */
  void note(int segmentId, long before) {
    if (segmentId > id || (segmentId == id && before > offset)) {
      id = segmentId;
      offset = before;
    }
  }

  /**
   * Tells the segments from where on nothing says that they are durable.
   *
   * @param oldest the first segment that counts: those before it are given up, and closed
   */
  void tellSegments(int oldest) {
    int least = Math.max(id, oldest);
    for (Segment segment : unproven) {
      if (segment.last >= least) {
        // The header is durable before the file has its name; and so are the first records of a
        // life, which say it themselves if all before them was.
        segment.unproven = segment.last == id ? offset : Format.HEADER;
      }
    }
  }
}
