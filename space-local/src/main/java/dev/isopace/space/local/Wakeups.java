package dev.isopace.space.local;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The threads that a critical section has decided to wake, which is done when it is over. */
final class Wakeups {
  private @Nullable Thread first;
  private @Nullable List<Thread> others;

  void add(Thread thread) {
    if (first == null) {
      first = thread;
      return;
    }
    List<Thread> list = others;
    if (list == null) {
      list = new ArrayList<>();
      others = list;
    }
    list.add(thread);
  }

  void deliver() {
    if (first != null) {
      LockSupport.unpark(first);
      if (others != null) {
        others.forEach(LockSupport::unpark);
      }
    }
  }
}
