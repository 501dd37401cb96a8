package dev.isopace.space.local;

import dev.isopace.space.Codec;
import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Deadline;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A space within this process that keeps values encoded, as a durable backend does, so that a test
 * sees what it would see in production.
 */
final class CopyingSpace<V> extends AbstractSpace<V> {
  private final Coder<V> coder;
  private final CopyingQueues<V> queues;

  CopyingSpace(String name, Codec<V> codec) {
    super(name, Long.MAX_VALUE);
    this.coder = new Coder<>(codec);
    this.queues = new CopyingQueues<>(lifecycle(), this::decode);
  }

  @Override
  protected boolean put(String key, V value) {
    // Codec.of(value -> value, ...), say, returns the caller's own array (CPY-1).
    return queues.put(key, coder.encode(key, value).clone());
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    return queues.take(key, deadline);
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    byte[] bytes = queues.read(key, deadline);
    return bytes == null ? null : decode("rd", key, bytes);
  }

  @Override
  protected @Nullable V poll(String key) {
    return queues.poll(key);
  }

  @Override
  protected @Nullable V peek(String key) {
    byte[] bytes = queues.peek(key);
    return bytes == null ? null : decode("rdp", key, bytes);
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

  private V decode(String operation, String key, byte[] bytes) {
    // The entry may be decoded again, by another reader or after a lost race: the codec gets a
    // copy.
    return coder.decode(operation, key, bytes.clone());
  }
}
