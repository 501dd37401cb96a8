package dev.isopace.space.store;

import org.jspecify.annotations.Nullable;

/**
 * What was appended last, as it was written: where takers keep up, what they take was pushed a
 * moment ago, and need not be read back from the file, by a call that would wait for the write that
 * is going on. Its bytes are those of one segment, from some offset on. Guarded by the log's lock.
 */
final class Recent {
  /** A power of two. Small beside a heap, and more than what is pushed within some batches. */
  static final int CAPACITY = 256 << 10;

  /** The byte at an offset of the segment stands at the lowest bits of the offset. */
  private final byte[] ring;

  private @Nullable Segment segment;
  private long from;
  private long to;

  /** Nothing yet. */
  Recent(int capacity) {
    this.ring = new byte[capacity];
  }

  /** Adds records. What stands elsewhere than right before them is forgotten. */
  void add(Segment written, long base, byte[] bytes, int size) {
    if (written != segment || base != to) {
      segment = written;
      from = base;
    }
    to = base + size;
    from = Math.max(from, to - ring.length);
    long first = Math.max(base, from);
    for (long at = first; at < to; ) {
      int place = place(at);
      int length = (int) Math.min(to - at, ring.length - place);
      System.arraycopy(bytes, (int) (at - base), ring, place, length);
      at += length;
    }
  }

  /** The record that begins there; null if it is not one of the last. */
  byte @Nullable [] record(Segment wanted, long offset) {
    if (wanted != segment || offset < from || offset >= to) {
      return null;
    }
    byte[] record = copy(offset, Format.PREFIX);
    return copy(offset, Format.recordLength(record, 0));
  }

  private byte[] copy(long offset, int length) {
    byte[] bytes = new byte[length];
    int place = place(offset);
    int unbroken = Math.min(length, ring.length - place);
    System.arraycopy(ring, place, bytes, 0, unbroken);
    System.arraycopy(ring, 0, bytes, unbroken, length - unbroken);
    return bytes;
  }

  private int place(long offset) {
    return (int) offset & (ring.length - 1);
  }
}
