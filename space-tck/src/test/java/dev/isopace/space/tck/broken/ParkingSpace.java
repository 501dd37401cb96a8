package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** A space whose waiters park, and so notice when somebody wakes them up for nothing. */
class ParkingSpace<V> extends PlainSpace<V> {
  private final Set<Waiter> signalled = new HashSet<>();
  private final Set<Waiter> losers = new HashSet<>();

  /** Returns whether others took what the waiter was woken for, at least once. */
  final boolean hasLost(Waiter waiter) {
    return losers.contains(waiter);
  }

  /** Somebody has woken up whom this space has not woken, or its time is over. */
  void wokenForNothing(Waiter waiter) {}

  @Override
  void giveToReaders(Queue queue, Entry entry) {
    super.giveToReaders(queue, entry);
    queue.waiters.stream()
        .filter(waiter -> waiter.read != null)
        .forEach(waiter -> LockSupport.unpark(waiter.thread));
  }

  @Override
  void wakeTaker(Queue queue) {
    Waiter first = firstTaker(queue);
    if (first != null) {
      signalled.add(first);
      LockSupport.unpark(first.thread);
    }
  }

  @Override
  void wakeAllForClose() {
    for (Queue queue : queues.values()) {
      queue.waiters.stream()
          .filter(this::isWokenByClose)
          .forEach(waiter -> LockSupport.unpark(waiter.thread));
    }
  }

  boolean isWokenByClose(Waiter waiter) {
    return true;
  }

  @Override
  void await(Waiter waiter, Deadline deadline) throws InterruptedException {
    waiter.thread = Thread.currentThread();
    lock.unlock();
    try {
      LockSupport.parkNanos(this, deadline.remainingNanos());
    } finally {
      lock.lock();
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!signalled.remove(waiter)) {
      wokenForNothing(waiter);
    } else if (waiter.queue.entries.isEmpty()) {
      losers.add(waiter);
    }
  }

  @Override
  void giveUp(Queue queue, Waiter waiter) {
    losers.remove(waiter);
    super.giveUp(queue, waiter);
  }
}
