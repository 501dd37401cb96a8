package dev.isopace.space.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The keys that hold entries or waiters. Guarded by the log's lock. */
final class Index {
  /** Below this a map is not worth rebuilding. */
  private static final int SMALL = 64;

  private Map<String, KeyQueue> map = new HashMap<>();
  private int largest;

  @Nullable KeyQueue find(String key) {
    return map.get(key);
  }

  /** The queue of a key at which somebody is in line, so that it cannot have been forgotten. */
  KeyQueue require(String key) {
    return Objects.requireNonNull(find(key));
  }

  KeyQueue obtain(String key) {
    KeyQueue queue = map.get(key);
    return queue == null ? add(new KeyQueue(key)) : queue;
  }

  /** The same, where the bytes of the key are known. */
  KeyQueue obtain(String key, byte[] keyBytes) {
    KeyQueue queue = map.get(key);
    return queue == null ? add(new KeyQueue(key, keyBytes)) : queue;
  }

  KeyQueue add(KeyQueue queue) {
    map.put(queue.key, queue);
    largest = Math.max(largest, map.size());
    return queue;
  }

  void forgetIfIdle(KeyQueue queue) {
    if (queue.isIdle()) {
      // Only that one: another may have its key by now.
      map.remove(queue.key, queue);
      // A HashMap never shrinks: without this, a burst of keys would cost memory for ever.
      if (largest > SMALL && map.size() < largest / 8) {
        try {
          map = new HashMap<>(map);
        } catch (OutOfMemoryError | StackOverflowError e) {
          // It stays as large as it is, until the next time.
        }
        largest = map.size();
      }
    }
  }

  Collection<KeyQueue> queues() {
    return map.values();
  }
}
