package dev.isopace.space.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a key behind its head, in linked arrays: little more than a reference an entry.
 * Guarded by the lock of its stripe.
 *
 * <pre>
 *   first                          last
 *   [ - - c d | next ] -> ... -> [ x y - - - - - - | - ]
 *         read                         write
 * </pre>
 *
 * <p>Each array is twice as long as the one before, up to a limit; its last slot is the link. Slots
 * that were read are nulled, links too: an old array must not keep younger ones alive for the
 * collector.
 */
final class Overflow {
  private static final int SMALLEST = 4;
  private static final int LARGEST = 1024;

  private @Nullable Object[] first = new @Nullable Object[SMALLEST + 1];
  private @Nullable Object[] last = first;
  private int read;
  private int write;
  private long size;

  long size() {
    return size;
  }

  void add(Object entry) {
    int end = last.length - 1;
    if (write == end) {
      @Nullable Object[] next = new @Nullable Object[Math.min(2 * end, LARGEST) + 1];
      last[end] = next;
      last = next;
      write = 0;
    }
    last[write++] = entry;
    size++;
  }

  Object remove() {
    int end = first.length - 1;
    if (read == end) {
      @Nullable Object[] next = (@Nullable Object[]) Objects.requireNonNull(first[end]);
      first[end] = null;
      first = next;
      read = 0;
    }
    Object entry = Objects.requireNonNull(first[read]);
    first[read++] = null;
    size--;
    return entry;
  }
}
