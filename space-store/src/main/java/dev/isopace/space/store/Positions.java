package dev.isopace.space.store;

import java.util.Arrays;

/**
 * A queue of positions in the log, ascending: 8 bytes for each, and less than a hundredth more
 * where there are many. What is removed at the front is given back chunk by chunk.
 *
 * <p>Elements are numbered from the beginning of time: number {@code n} is in slot {@code n mod
 * 1024} of its chunk, and the chunks are a ring. A queue that has had no more than 1024 at once is
 * one smaller ring.
 *
 * <p>A chunk whose elements all have the same distance from one another, and were added at once, is
 * packed: it is the first of them and that distance, until one is changed. So a store of entries of
 * one size is opened without touching memory for each of them.
 */
final class Positions {
  private static final int CHUNK_BITS = 10;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int SMALLEST = 2;

  /** Shorter than a chunk, and longer than none. */
  private static final int PACKED = 2;

  private static final long[] NONE = new long[0];
  private static final long[][] NO_CHUNKS = new long[0][];

  /** The one ring of a small queue; empty if it is large. */
  private long[] ring = new long[SMALLEST];

  /** The ring of chunks of a large queue; empty if it is small. */
  private long[][] chunks = NO_CHUNKS;

  /** Number of the first element. */
  private long head;

  /** Number of the next element to be added. */
  private long tail;

  long size() {
    return tail - head;
  }

  /** The element that has so many before it. */
  long get(long index) {
    long number = head + index;
    if (chunks.length == 0) {
      return ring[(int) number & (ring.length - 1)];
    }
    long[] chunk = chunk(number);
    int slot = (int) number & (CHUNK - 1);
    return chunk.length == PACKED ? chunk[0] + slot * chunk[1] : chunk[slot];
  }

  /** Changes an element, which allocates nothing where {@link #prepareSet} was called for it. */
  void set(long index, long position) {
    prepareSet(index);
    long number = head + index;
    if (chunks.length == 0) {
      ring[(int) number & (ring.length - 1)] = position;
    } else {
      chunk(number)[(int) number & (CHUNK - 1)] = position;
    }
  }

  /** Unpacks the chunk of an element: to change it will not fail, until it is removed. */
  void prepareSet(long index) {
    long number = head + index;
    if (chunks.length != 0 && chunk(number).length == PACKED) {
      long[] packed = chunk(number);
      long[] all = new long[CHUNK];
      for (int i = 0; i < CHUNK; i++) {
        all[i] = packed[0] + i * packed[1];
      }
      chunks[index(number)] = all;
    }
  }

  void add(long position) {
    makeRoom();
    if (chunks.length == 0) {
      ring[(int) tail & (ring.length - 1)] = position;
    } else {
      chunk(tail)[(int) tail & (CHUNK - 1)] = position;
    }
    tail++;
  }

  /** Adds positions that all have the same distance from the one before. */
  void addRun(long first, long distance, long count) {
    long position = first;
    for (long left = count; left > 0; ) {
      if (chunks.length != 0 && left >= CHUNK && ((int) tail & (CHUNK - 1)) == 0) {
        int at = roomForChunk();
        chunks[at] = new long[] {position, distance};
        position += CHUNK * distance;
        tail += CHUNK;
        left -= CHUNK;
        continue;
      }
      makeRoom(left);
      boolean isSmall = chunks.length == 0;
      long[] part = isSmall ? ring : chunk(tail);
      int from = (int) tail & (part.length - 1);
      long room = part.length - (isSmall ? Math.max(from, size()) : from);
      int some = (int) Math.min(left, room);
      for (int i = 0; i < some; i++) {
        part[from + i] = position;
        position += distance;
      }
      tail += some;
      left -= some;
    }
  }

  /** Allocates what the next element needs: to add it will not fail. */
  void makeRoom() {
    makeRoom(1);
  }

  /** The same, and at once what many more need that follow it, if that is not much. */
  void makeRoom(long count) {
    if (chunks.length == 0) {
      if (size() < ring.length && (ring.length == CHUNK || size() + count <= ring.length)) {
        return;
      }
      grow(count);
    }
    if (chunks.length != 0 && (((int) tail & (CHUNK - 1)) == 0 || size() == 0)) {
      requireChunk();
    }
  }

  /** Removes the first element. */
  long remove() {
    long position = get(0);
    head++;
    if (chunks.length != 0 && ((int) head & (CHUNK - 1)) == 0) {
      chunks[index(head - 1)] = NONE;
    }
    return position;
  }

  /**
   * Where in the queue a position is; negative if it is not there. The generation is left out of
   * account.
   */
  long indexOf(long position) {
    long low = 0;
    long high = size() - 1;
    long wanted = Position.order(position);
    while (low <= high) {
      long middle = (low + high) >>> 1;
      long there = Position.order(get(middle));
      if (there < wanted) {
        low = middle + 1;
      } else if (there > wanted) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -1;
  }

  private int index(long number) {
    return (int) (number >>> CHUNK_BITS) & (chunks.length - 1);
  }

  private long[] chunk(long number) {
    return chunks[index(number)];
  }

  private void grow(long more) {
    int count = (int) size();
    int least = (int) Math.min(CHUNK, count + more);
    long[] all = new long[Math.min(CHUNK, Integer.highestOneBit(least - 1) * 2)];
    int from = (int) head & (ring.length - 1);
    int unbroken = Math.min(count, ring.length - from);
    System.arraycopy(ring, from, all, 0, unbroken);
    System.arraycopy(ring, 0, all, unbroken, count - unbroken);
    // For want of memory, nothing must have changed.
    long[][] large = count < CHUNK ? NO_CHUNKS : new long[][] {all, NONE};
    head = 0;
    tail = count;
    chunks = large;
    ring = count < CHUNK ? all : NONE;
  }

  private void requireChunk() {
    int at = roomForChunk();
    if (chunks[at].length == 0) {
      chunks[at] = new long[CHUNK];
    }
  }

  /** Where the chunk of the next element belongs in the ring, which has room for it then. */
  private int roomForChunk() {
    long first = head >>> CHUNK_BITS;
    long next = tail >>> CHUNK_BITS;
    if (next - first >= chunks.length) {
      long[][] more = new long[chunks.length * 2][];
      Arrays.fill(more, NONE);
      for (long i = first; i < next; i++) {
        more[(int) i & (more.length - 1)] = chunks[(int) i & (chunks.length - 1)];
      }
      chunks = more;
    }
    return index(tail);
  }
}
