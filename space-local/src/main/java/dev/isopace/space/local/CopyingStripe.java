package dev.isopace.space.local;

import java.util.Collection;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queues of some of the keys of {@link CopyingQueues}, all guarded by one lock.
 *
 * @param <V> what takers receive
 */
final class CopyingStripe<V> {
  final ReentrantLock lock = new ReentrantLock();

  /**
   * A tree needs memory for nothing but a key that is added, and asks for it before it changes. A
   * HashMap may fail in mid-change, when its table grows or keys of one hash code become few; nor
   * does its table ever shrink.
   */
  private final TreeMap<String, CopyingQueue<V>> map = new TreeMap<>();

  @Nullable CopyingQueue<V> find(String key) {
    return map.get(key);
  }

  /** The queue of a key at which the caller has a waiter, so that it cannot have been forgotten. */
  CopyingQueue<V> require(String key) {
    return Objects.requireNonNull(map.get(key));
  }

  CopyingQueue<V> obtain(String key) {
    CopyingQueue<V> queue = map.get(key);
    if (queue == null) {
      queue = new CopyingQueue<>(key);
      map.put(key, queue);
    }
    return queue;
  }

  void forgetIfIdle(CopyingQueue<V> queue) {
    if (queue.isIdle()) {
      map.remove(queue.key);
    }
  }

  Collection<CopyingQueue<V>> queues() {
    return map.values();
  }

  /** Wakes all waiters, and forgets everything. Needs no memory; may be called again. */
  void close() {
    // Not by an iterator, which would need some.
    map.forEach((key, queue) -> queue.close());
    map.clear();
  }
}
