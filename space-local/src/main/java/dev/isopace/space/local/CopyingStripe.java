package dev.isopace.space.local;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queues of some of the keys of {@link CopyingQueues}, all guarded by one lock.
 *
 * @param <V> what takers receive
 */
final class CopyingStripe<V> {
  /** Below this a map is not worth rebuilding. */
  private static final int SMALL = 64;

  final ReentrantLock lock = new ReentrantLock();
  private Map<String, CopyingQueue<V>> map = new HashMap<>();

  /** How many keys the map has held at most; from this follows how much memory it keeps. */
  private int largest;

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
      largest = Math.max(largest, map.size());
    }
    return queue;
  }

  void forgetIfIdle(CopyingQueue<V> queue) {
    if (queue.isIdle()) {
      map.remove(queue.key);
      // A HashMap never shrinks: without this, a burst of keys would cost memory for ever.
      if (largest > SMALL && map.size() < largest / 8) {
        try {
          map = new HashMap<>(map);
          largest = map.size();
        } catch (OutOfMemoryError | StackOverflowError e) {
          // It stays as large as it is, until the next time; what was removed must not be lost.
        }
      }
    }
  }

  Iterable<CopyingQueue<V>> queues() {
    return map.values();
  }

  void clear() {
    map = new HashMap<>();
    largest = 0;
  }
}
