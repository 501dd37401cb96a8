package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A space in which every entry wakes everybody, on all keys; timeouts may begin anew with that. */
final class BroadcastingSpace<V> extends PlainSpace<V> {
  private final boolean restarts;

  BroadcastingSpace(boolean restarts) {
    this.restarts = restarts;
  }

  @Override
  void append(Queue queue, Entry entry) {
    super.append(queue, entry);
    for (Queue other : new ArrayList<>(queues.values())) {
      List.copyOf(other.waiters).forEach(waiter -> waiter.signal.signal());
    }
  }

  @Override
  void await(Waiter waiter, Deadline deadline) throws InterruptedException {
    if (!restarts || deadline.remainingNanos() > Duration.ofMinutes(1).toNanos()) {
      super.await(waiter, deadline);
      return;
    }
    // All the time again, whenever somebody has woken this one.
    long full = Math.max(1, deadline.remainingNanos());
    while (waiter.signal.awaitNanos(full) > 0 && waiter.read == null) {
      if (!waiter.queue.entries.isEmpty()) {
        return;
      }
    }
  }
}
