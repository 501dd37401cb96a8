package dev.isopace.space.local;

import dev.isopace.space.spi.Tenacity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Threads that a critical section has decided to wake, which are woken when it is over.
 *
 * <p>Where there is no memory to remember a thread, it is woken at once: otherwise it would sleep
 * for good, perhaps with an entry that it was given.
 */
final class Wakeups {
  private @Nullable Thread first;
  private @Nullable List<Thread> others;

  void add(Thread thread) {
    if (first == null) {
      first = thread;
      return;
    }
    try {
      List<Thread> list = others;
      if (list == null) {
        list = new ArrayList<>();
        others = list;
      }
      list.add(thread);
    } catch (OutOfMemoryError e) {
      Tenacity.unpark(thread);
    }
  }

  /** Wakes the threads. Then this object can be used again. */
  void deliver() {
    if (first != null) {
      Tenacity.unpark(first);
      first = null;
      if (others != null) {
        // By index: there may be no memory for an iterator.
        for (int i = 0; i < others.size(); i++) {
          Tenacity.unpark(others.get(i));
        }
        others = null;
      }
    }
  }
}
