package dev.isopace.space.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The waiters of one key, and when each of them is served or woken. Guarded by the lock of the
 * stripe.
 *
 * <p>Handing each entry to a sleeping taker costs a wake-up each, while a running taker would have
 * come for it at once. So an {@code out} hands over to a taker only if that one is awake, or is
 * owed an entry. Otherwise it leaves the entry in the queue, where the first caller to come may
 * take it, and <em>calls</em> a sleeper: promises to wake it. What makes this right:
 *
 * <ul>
 *   <li>Invariant: readers wait only while there is no entry. An entry is given to all of them as
 *       it arrives.
 *   <li>Invariant: if takers wait although there is an entry, one of them is called or awake, and
 *       so will {@link #look} before it sleeps. Each method below restores it before the lock is
 *       released: {@link #offer} adds an entry, and calls; {@code look} ends when no entry is left,
 *       or calls; {@link #leave} takes away one that may have been called, and calls. To take an
 *       entry past the line only helps it.
 *   <li>Order: the taker that looks first serves those before it in line, oldest entry to oldest
 *       taker. So takers are served in order, whichever of them wakes up first.
 *   <li>Progress: if a taker that was called finds nothing, a later caller has taken its entry.
 *       Then the line is <em>owed</em> an entry: {@code out} hands the next one to its first taker,
 *       asleep or not, where no other caller can take it. So the first in line, which is called if
 *       no other is, loses at most one entry for each time that it or another wakes in vain.
 * </ul>
 *
 * <p>Not an invariant: that the called takers are the first in line; that there are as many entries
 * as called takers.
 */
final class Line {
  /** The most takers that an {@code out} leaves called: the second while the first wakes up. */
  private static final int CALLED_BY_OUT = 2;

  /**
   * The most takers that a taker leaves called if there are more entries: nobody came for those, so
   * each taker that wakes may in turn wake as many.
   */
  private static final int CALLED_BY_TAKER = 8;

  private final Chain takers = new Chain();
  private final Chain readers = new Chain();

  /** How many takers in line are called. */
  private int called;

  /** How many entries are to be handed to the first in line. */
  private int owed;

  boolean isEmpty() {
    return takers.first == null && readers.first == null;
  }

  void add(Waiter waiter) {
    waiter.inLine = true;
    (waiter.takes ? takers : readers).add(waiter);
  }

  /** Gives the entry to the first taker or the queue, and to all readers. */
  void offer(Object entry, Node node, Wakeups due) {
    // Readers last: it may turn out that there is no room for the entry.
    handOrAppend(entry, node, due);
    for (Waiter reader = readers.first; reader != null; reader = readers.first) {
      serve(reader, entry, due);
    }
  }

  private void handOrAppend(Object entry, Node node, Wakeups due) {
    Waiter first = takers.first;
    if (node.head() == null && first != null && isHandedTo(first)) {
      serve(first, entry, due);
      return;
    }
    node.append(entry);
    while (node.head() != null && takers.first != null && isHandedTo(takers.first)) {
      serve(takers.first, node.removeHead(), due);
    }
    call(CALLED_BY_OUT, node, due);
  }

  private boolean isHandedTo(Waiter first) {
    if (first.sleeps) {
      if (owed == 0) {
        return false;
      }
      owed--;
    }
    return true;
  }

  /**
   * Looks for an entry: a taker does so before it sleeps, whenever it wakes up, and before it gives
   * up, when it does not stay in line. A reader has nothing to look for: it was served, or there is
   * no entry.
   */
  void look(Waiter waiter, boolean stays, Wakeups due) {
    Node node = waiter.node;
    boolean wasCalled = waiter.called;
    answer(waiter);
    waiter.sleeps = false;
    while (waiter.takes && node.head() != null) {
      Waiter first = Objects.requireNonNull(takers.first);
      serve(first, node.removeHead(), due);
      if (first == waiter) {
        call(CALLED_BY_TAKER, node, due);
        return;
      }
    }
    if (wasCalled) {
      owed++;
    }
    if (stays) {
      waiter.sleeps = true;
    } else {
      remove(waiter);
    }
  }

  /** Leaves the line without looking for an entry. */
  void leave(Waiter waiter, Wakeups due) {
    remove(waiter);
    call(CALLED_BY_OUT, waiter.node, due);
  }

  /** Ends all waits: the space is closed. */
  void close(Wakeups due) {
    for (Waiter taker = takers.first; taker != null; taker = takers.first) {
      serve(taker, Waiter.CLOSED, due);
    }
    for (Waiter reader = readers.first; reader != null; reader = readers.first) {
      serve(reader, Waiter.CLOSED, due);
    }
  }

  private void serve(Waiter waiter, Object entry, Wakeups due) {
    if (waiter.sleeps && !waiter.called) {
      due.add(waiter.thread);
    }
    remove(waiter);
    waiter.receive(entry);
  }

  /** Calls takers from the front until {@code most} are called, or as many as there are entries. */
  private void call(int most, Node node, Wakeups due) {
    if (called >= most || node.head() == null) {
      return;
    }
    long wanted = Math.min(most, node.size());
    for (Waiter taker = takers.first; taker != null && called < wanted; taker = taker.next) {
      if (taker.sleeps && !taker.called) {
        taker.called = true;
        called++;
        due.add(taker.thread);
      }
    }
  }

  private void answer(Waiter waiter) {
    if (waiter.called) {
      waiter.called = false;
      called--;
    }
  }

  private void remove(Waiter waiter) {
    answer(waiter);
    waiter.inLine = false;
    (waiter.takes ? takers : readers).remove(waiter);
    if (takers.first == null) {
      owed = 0;
    }
  }

  /** Waiters in the order in which they began to wait; each can leave from anywhere at no cost. */
  private static final class Chain {
    @Nullable Waiter first;
    @Nullable Waiter last;

    void add(Waiter waiter) {
      waiter.previous = last;
      if (last == null) {
        first = waiter;
      } else {
        last.next = waiter;
      }
      last = waiter;
    }

    void remove(Waiter waiter) {
      Waiter before = waiter.previous;
      Waiter after = waiter.next;
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
    }
  }
}
