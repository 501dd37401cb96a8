package dev.isopace.space.local;

import dev.isopace.space.spi.Tenacity;
import org.jspecify.annotations.Nullable;

/**
 * What one key holds: its entries, oldest first, and those who wait for one. Guarded by the lock of
 * its stripe, all of it but the volatile fields of {@link CopyingWaiter}.
 *
 * @param <V> what takers receive
 */
final class CopyingQueue<V> {
  final String key;
  final CopyingLine<byte[]> readers = new CopyingLine<>();
  final CopyingLine<V> takers = new CopyingLine<>();

  private @Nullable Entry head;
  private @Nullable Entry tail;
  private long size;

  CopyingQueue(String key) {
    this.key = key;
  }

  @Nullable Entry head() {
    return head;
  }

  long size() {
    return size;
  }

  void append(Entry entry) {
    if (tail == null) {
      head = entry;
    } else {
      tail.next = entry;
    }
    tail = entry;
    size++;
  }

  void removeHead() {
    Entry first = head;
    if (first == null) {
      throw new IllegalStateException("no entry to remove");
    }
    head = first.next;
    if (head == null) {
      tail = null;
    }
    size--;
    // Else an old entry would keep all younger ones alive for the collector (Caffeine,
    // JDK-6806875).
    first.next = null;
  }

  /** Returns whether the key holds neither an entry nor a waiter, so that it can be forgotten. */
  boolean isIdle() {
    return head == null && readers.first() == null && takers.first() == null;
  }

  /** Ends all waits: the space is closed. */
  void close() {
    readers.close();
    takers.close();
  }

  /** An entry, which its identity distinguishes from others of equal value. */
  static final class Entry {
    final byte[] value;
    private @Nullable Entry next;

    Entry(byte[] value) {
      this.value = value;
    }
  }

  /** Waiters in the order in which they began to wait; each can leave from anywhere at no cost. */
  static final class CopyingLine<T> {
    private @Nullable CopyingWaiter<T> first;
    private @Nullable CopyingWaiter<T> last;
    private int probes;

    @Nullable CopyingWaiter<T> first() {
      return first;
    }

    void add(CopyingWaiter<T> waiter) {
      waiter.inLine = true;
      waiter.previous = last;
      if (last == null) {
        first = waiter;
      } else {
        last.next = waiter;
      }
      last = waiter;
      if (!waiter.stays) {
        probes++;
      }
    }

    void remove(CopyingWaiter<T> waiter) {
      waiter.inLine = false;
      CopyingWaiter<T> before = waiter.previous;
      CopyingWaiter<T> after = waiter.next;
      if (before == null) {
        first = after;
      } else {
        before.next = after;
      }
      if (after == null) {
        last = before;
      } else {
        after.previous = before;
      }
      waiter.previous = null;
      waiter.next = null;
      if (!waiter.stays) {
        probes--;
      }
    }

    /** Ends all probes in the line, because the key holds no entry. */
    void dismissProbes() {
      CopyingWaiter<T> waiter = probes == 0 ? null : first;
      while (waiter != null) {
        CopyingWaiter<T> after = waiter.next;
        if (!waiter.stays) {
          remove(waiter);
          waiter.missed = true;
        }
        waiter = after;
      }
    }

    /**
     * Hands the entry to all in line, and returns the first of them; {@link CopyingWaiter#next()}
     * leads to the others.
     */
    @Nullable CopyingWaiter<T> serveAll(T entry) {
      CopyingWaiter<T> chain = first;
      for (CopyingWaiter<T> waiter = chain; waiter != null; waiter = waiter.next) {
        waiter.inLine = false;
        waiter.received = entry;
      }
      first = null;
      last = null;
      probes = 0;
      return chain;
    }

    /** Wakes all in line, one by one: whatever fails, those that are left are still in line. */
    void close() {
      for (CopyingWaiter<T> waiter = first; waiter != null; waiter = first) {
        waiter.closed = true;
        Tenacity.unpark(waiter.thread);
        remove(waiter);
      }
    }
  }

  /**
   * A caller in line. It stays there until it receives an entry, is told that the space is closed,
   * is told that there is no entry (if it is a probe), or gives up: whichever comes first under the
   * lock, and only that happens.
   *
   * @param <T> what it waits for
   */
  static final class CopyingWaiter<T> {
    final Thread thread = Thread.currentThread();

    /** Whether it waits for an entry if there is none. A probe does not. */
    final boolean stays;

    /**
     * What was handed to this waiter. Written once, under the lock, by the thread that takes the
     * waiter from its line.
     */
    volatile @Nullable T received;

    /** Whether the space was closed. Written once, under the lock, as above. */
    volatile boolean closed;

    /** Whether it is a probe and there was no entry. Written once, under the lock, as above. */
    volatile boolean missed;

    /** Whether this taker should try for the head; see {@link CopyingQueues}. */
    volatile boolean turn;

    /** Whether it is in line. Guarded by the lock. */
    boolean inLine;

    private @Nullable CopyingWaiter<T> previous;
    private @Nullable CopyingWaiter<T> next;

    CopyingWaiter(boolean stays) {
      this.stays = stays;
    }

    @Nullable CopyingWaiter<T> next() {
      return next;
    }
  }
}
