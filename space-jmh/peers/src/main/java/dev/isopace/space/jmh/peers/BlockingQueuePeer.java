package dev.isopace.space.jmh.peers;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The same with queues that can be waited on.
 *
 * @param <V> the type of the values
 * @param <Q> what each key has
 */
final class BlockingQueuePeer<V, Q extends BlockingQueue<V>> extends QueuePeer<V, Q> {
  BlockingQueuePeer(Supplier<Q> maker) {
    super(maker);
  }

  @Override
  public V in(String key) throws InterruptedException {
    return queue(key).take();
  }

  @Override
  public Optional<V> in(String key, Duration timeout) throws InterruptedException {
    return Optional.ofNullable(queue(key).poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
  }
}
