package dev.isopace.space.store;

import java.util.Arrays;

/** What compaction copies: entries that are in an old segment and in a new one for a time. */
final class Moves {
  private static final int SMALLEST = 64;

  private KeyQueue[] queues = new KeyQueue[SMALLEST];
  private long[] from = new long[SMALLEST];

  /** Each entry's offset in the new segment and its length, in one number. */
  private long[] to = new long[SMALLEST];

  private int size;
  private long needed;
  private long removals;

  void add(KeyQueue queue, long position, long offset, int length) {
    if (size == queues.length) {
      queues = Arrays.copyOf(queues, size * 2);
      from = Arrays.copyOf(from, size * 2);
      to = Arrays.copyOf(to, size * 2);
    }
    queues[size] = queue;
    from[size] = position;
    to[size++] = offset << Integer.SIZE | length;
  }

  /** A record is copied that pushes no entry. */
  void addNeeded(int length, boolean isRemoval) {
    needed += length;
    removals += isRemoval ? length : 0;
  }

  int size() {
    return size;
  }

  /** Bytes of records that push no entry. */
  long needed() {
    return needed;
  }

  /** How many of those are of removals. */
  long removals() {
    return removals;
  }

  /** Leads an entry over to the new segment, unless it was taken meanwhile; under the lock. */
  void leadOver(int move, Segments segments, Segment segment) {
    Positions positions = queues[move].positions;
    long at = positions.indexOf(from[move]);
    if (at >= 0) {
      int length = (int) to[move];
      segments.removeLive(segments.find(from[move]), length);
      positions.set(at, segment.position(to[move] >>> Integer.SIZE));
      segments.addLive(segment, length);
    }
  }
}
