package dev.isopace.space.nats;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a key, each the next one of the key after the one before it. The first of them is the
 * head if nothing was before it when it was shown, or what was is gone. Guarded by the lock of its
 * {@link HeadCache}.
 */
final class Chain {
  private record Chained(Entry entry, long previous) {}

  private final Deque<Chained> entries = new ArrayDeque<>();
  private int bytes;

  /**
   * Appends an entry, if there is room for it and it follows; there must be no gap, so what comes
   * after one that was left out does not follow either.
   *
   * @param previous the sequence of the entry that was before it; 0 if there was none
   */
  void add(Entry entry, long previous, int most, int mostBytes) {
    Chained last = entries.peekLast();
    boolean follows = last == null || previous == last.entry().sequence();
    int size = bytes + entry.payload().length;
    if (follows && entries.size() < most && size <= mostBytes) {
      entries.add(new Chained(entry, previous));
      bytes = size;
    }
  }

  /** The first one, if it is the head; null if not, or if that is not known. */
  @Nullable Entry head(long goneUpTo) {
    dropGone(goneUpTo);
    Chained first = entries.peekFirst();
    return first == null || first.previous() > goneUpTo ? null : first.entry();
  }

  /** Whether it has the next entry behind one. */
  boolean hasBehind(long sequence) {
    for (Chained each : entries) {
      if (each.previous() >= sequence) {
        return each.previous() == sequence;
      }
    }
    return false;
  }

  void dropGone(long goneUpTo) {
    for (Chained first = entries.peekFirst();
        first != null && first.entry().sequence() <= goneUpTo;
        first = entries.peekFirst()) {
      entries.removeFirst();
      bytes -= first.entry().payload().length;
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  void clear() {
    entries.clear();
    bytes = 0;
  }
}
