package dev.isopace.space.local;

import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Deadline;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A space within this process, for values that never leave it: they are passed by reference, so
 * that a taker gets the very object that was written, and no codec is needed.
 *
 * <p>Keys of any length are taken, and values of any size. Takers that wait on a key are served
 * strictly in the order in which they began to wait: an entry is handed to the first of them within
 * {@code out}, and no caller that arrives later can take it. Operations on one key exclude each
 * other for an instant, and so may those on a few other keys; none of them waits for anything else.
 *
 * <p>What {@link #close} leaves behind is garbage: entries that remain are gone.
 *
 * @param <V> the type of the values
 */
public final class LocalSpace<V> extends AbstractSpace<V> {
  private final KeyedQueues<V, V> queues = new KeyedQueues<>(lifecycle(), null);

  /** An empty space. */
  public LocalSpace() {
    this("local:");
  }

  LocalSpace(String name) {
    super(name, Long.MAX_VALUE);
  }

  @Override
  protected boolean put(String key, V value) {
    return queues.put(key, value);
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    return queues.take(key, deadline);
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    return queues.read(key, deadline);
  }

  @Override
  protected @Nullable V poll(String key) {
    return queues.poll(key);
  }

  @Override
  protected @Nullable V peek(String key) {
    return queues.peek(key);
  }

  @Override
  protected long count(String key) {
    return queues.count(key);
  }

  @Override
  protected Set<String> names() {
    return queues.names();
  }

  @Override
  protected void release() {
    queues.close();
  }
}
