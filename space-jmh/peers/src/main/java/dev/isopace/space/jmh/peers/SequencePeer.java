package dev.isopace.space.jmh.peers;

import dev.isopace.space.Codec;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue for each key on top of a store of keys and values: entries are numbered, and where each
 * queue begins and ends is known in memory. What is enough for a benchmark: one that was there
 * before is not recovered, and two takers of one key must not meet.
 *
 * @param <V> the type of the values
 */
abstract class SequencePeer<V> extends Peer<V> {
  private final Codec<V> codec;
  private final ConcurrentHashMap<String, Ends> queues = new ConcurrentHashMap<>();

  SequencePeer(Codec<V> codec) {
    this.codec = codec;
  }

  /** Where a queue begins, and where it ends. */
  private static final class Ends {
    final AtomicLong head = new AtomicLong();
    final AtomicLong tail = new AtomicLong();
  }

  /** Stores a value; on return, it is as durable as the store was asked for. */
  abstract void put(String key, long number, byte[] value);

  /** Reads a value; null if it has not been stored yet. */
  abstract byte @org.jspecify.annotations.Nullable [] get(String key, long number);

  /** Removes a value; as durably. */
  abstract void remove(String key, long number);

  @Override
  public final boolean out(String key, V value) {
    put(key, ends(key).tail.getAndIncrement(), codec.encode(value));
    return true;
  }

  @Override
  public final Optional<V> inp(String key) {
    Ends ends = ends(key);
    for (long head = ends.head.get(); head < ends.tail.get(); head = ends.head.get()) {
      byte[] bytes = get(key, head);
      if (bytes == null) {
        return Optional.empty();
      }
      if (ends.head.compareAndSet(head, head + 1)) {
        remove(key, head);
        return Optional.of(codec.decode(bytes));
      }
    }
    return Optional.empty();
  }

  @Override
  public final Optional<V> rdp(String key) {
    Ends ends = ends(key);
    long head = ends.head.get();
    return head < ends.tail.get()
        ? Optional.ofNullable(get(key, head)).map(codec::decode)
        : Optional.empty();
  }

  private Ends ends(String key) {
    Ends ends = queues.get(key);
    return ends == null ? queues.computeIfAbsent(key, k -> new Ends()) : ends;
  }
}
