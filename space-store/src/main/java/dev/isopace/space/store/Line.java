package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waiters in the order in which they began to wait; each can leave from anywhere at no cost.
 * Guarded by the log's lock.
 */
final class Line {
  private @Nullable Waiter first;
  private @Nullable Waiter last;

  @Nullable Waiter first() {
    return first;
  }

  boolean isEmpty() {
    return first == null;
  }

  void add(Waiter waiter) {
    waiter.inLine = true;
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
    waiter.inLine = false;
    waiter.previous = null;
    waiter.next = null;
  }

  /** Tells all something, which ends their wait. */
  void dismiss(Consumer<Waiter> told) {
    for (Waiter waiter = first; waiter != null; waiter = first) {
      remove(waiter);
      told.accept(waiter);
      Tenacity.unpark(waiter.thread);
    }
  }

  /**
   * Tells the probes in the line that there is no entry left for them. Needs no memory.
   *
   * @param last the removal of the last one
   */
  void dismissProbes(Removal last) {
    Waiter waiter = first;
    while (waiter != null) {
      Waiter after = waiter.next;
      if (!waiter.stays) {
        remove(waiter);
        waiter.missed = last;
        Tenacity.unpark(waiter.thread);
      }
      waiter = after;
    }
  }
}
