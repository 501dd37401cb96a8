package dev.isopace.space.jmh.peers;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What everybody writes who needs a queue for each key: a map of queues that are made on demand. As
 * usual, nobody removes a queue that has become empty, because that cannot be done safely without a
 * lock.
 *
 * @param <V> the type of the values
 * @param <Q> what each key has
 */
class QueuePeer<V, Q extends Queue<V>> extends Peer<V> {
  private final ConcurrentHashMap<String, Q> queues = new ConcurrentHashMap<>();
  private final Function<String, Q> maker;

  QueuePeer(Supplier<Q> maker) {
    this.maker = key -> maker.get();
  }

  final Q queue(String key) {
    // Of a key that is there, get() is faster than computeIfAbsent(), which may lock.
    Q queue = queues.get(key);
    return queue == null ? queues.computeIfAbsent(key, maker) : queue;
  }

  @Override
  public final boolean out(String key, V value) {
    queue(key).add(value);
    return true;
  }

  @Override
  public final Optional<V> inp(String key) {
    Q queue = queues.get(key);
    return queue == null ? Optional.empty() : Optional.ofNullable(queue.poll());
  }

  @Override
  public final Optional<V> rdp(String key) {
    Q queue = queues.get(key);
    return queue == null ? Optional.empty() : Optional.ofNullable(queue.peek());
  }
}
