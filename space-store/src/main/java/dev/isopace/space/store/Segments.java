package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The segments of the log, in its order and without gaps. Guarded by the log's lock.
 *
 * <p>While compaction puts a segment in the place of others, both are there: a position of the
 * first of their ids has a generation bit that says which one is meant.
 */
final class Segments {
  /** By id, from the oldest on; a segment that has replaced several is there once for each. */
  private final List<Segment> byId = new ArrayList<>();

  private int oldest;

  /** What is being replaced, while that goes on. */
  private @Nullable Segment replaced;

  private long liveBytes;

  /** All in order, each once; null if that has changed. */
  private @Nullable List<Segment> all;

  /** Adds one at the end. */
  void add(Segment segment) {
    if (byId.isEmpty()) {
      oldest = segment.first;
    }
    if (segment.first != oldest + byId.size()) {
      throw new IllegalStateException(
          segment + " is not the next of the log, after " + (oldest + byId.size() - 1));
    }
    all = null;
    for (int id = segment.first; id <= segment.last; id++) {
      byId.add(segment);
    }
  }

  /** Adds one at the end that holds something. */
  void restore(Segment segment) {
    add(segment);
    liveBytes += segment.liveBytes;
  }

  int oldest() {
    return oldest;
  }

  Segment find(long position) {
    Segment segment = byId.get(Position.id(position) - oldest);
    return segment.generation == Position.generation(position)
        ? segment
        : Objects.requireNonNull(replaced);
  }

  /** All in order, each once. */
  List<Segment> all() {
    List<Segment> known = all;
    if (known == null) {
      known = new ArrayList<>();
      for (int i = 0; i < byId.size(); ) {
        Segment segment = byId.get(i);
        known.add(segment);
        // One that is only taking the place of others stands there once, before them.
        boolean standsOnce = i + 1 < byId.size() && byId.get(i + 1) != segment;
        i = standsOnce ? i + 1 : segment.last + 1 - oldest;
      }
      all = known;
    }
    return known;
  }

  /** Bytes of the records that push entries which are still there. */
  long liveBytes() {
    return liveBytes;
  }

  void addLive(Segment segment, long bytes) {
    segment.liveBytes += bytes;
    segment.liveCount++;
    liveBytes += bytes;
  }

  void removeLive(Segment segment, long bytes) {
    segment.liveBytes -= bytes;
    segment.liveCount--;
    liveBytes -= bytes;
  }

  /** Nothing in a segment lives. */
  void removeAllLive(Segment segment) {
    liveBytes -= segment.liveBytes;
    segment.liveBytes = 0;
    segment.liveCount = 0;
  }

  /** The oldest segments are no longer there. */
  void removeBefore(int id) {
    all = null;
    byId.subList(0, id - oldest).clear();
    oldest = id;
  }

  /** New positions of the first id lead to the new segment, old ones to the old segments. */
  void beginReplacing(Segment replacement) {
    all = null;
    replaced = byId.get(replacement.first - oldest);
    byId.set(replacement.first - oldest, replacement);
  }

  /** No old positions are left. */
  void endReplacing(Segment replacement) {
    all = null;
    for (int id = replacement.first; id <= replacement.last; id++) {
      byId.set(id - oldest, replacement);
    }
    replaced = null;
  }
}
