package dev.isopace.space.store;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Deadline;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A space over the queues of a store: the same promises, with values instead of bytes. */
final class StoreSpace<V> extends AbstractSpace<V> {
  private final Coder<V> coder;
  private final Keeper keeper;
  private final Queues<V> queues;
  private final int largestValue;

  StoreSpace(String name, Codec<V> codec, Keeper keeper, Settings settings) {
    super(name, Format.LARGEST_KEY);
    this.coder = new Coder<>(codec);
    this.keeper = keeper;
    boolean isOurs = codec == Codec.bytes() || codec == Codec.utf8();
    this.queues = new Queues<>(keeper.engine(), lifecycle(), coder::decode, isOurs);
    this.largestValue = settings.largestValue();
    keeper.engine().use(queues);
  }

  @Override
  protected boolean put(String key, V value) {
    byte[] bytes = coder.encode(key, value);
    Arguments.requireSize(bytes.length, largestValue);
    try {
      return queues.put("out", key, bytes);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    try {
      return queues.take("in", key, deadline);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    try {
      return queues.read("rd", key, deadline);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  protected @Nullable V poll(String key) {
    try {
      return queues.poll("inp", key);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  protected @Nullable V peek(String key) {
    try {
      return queues.peek("rdp", key);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  protected long count(String key) {
    return queues.count("len", key);
  }

  @Override
  protected Set<String> names() {
    return queues.names("keys");
  }

  Recovery recovery() {
    return keeper.engine().recovery();
  }

  void compact() {
    lifecycle().requireOpen("compact", null);
    try {
      keeper.engine().housekeeping().compact();
    } catch (IOException e) {
      throw failure(e);
    }
    lifecycle().requireOpen("compact", null);
  }

  @Override
  protected void release() {
    try {
      keeper.stop();
    } catch (IOException e) {
      throw new SpaceException("close of " + this + ": " + e.getMessage(), e);
    }
  }

  private static SpaceException failure(IOException cause) {
    return new SpaceException(Outcome.message(cause), cause);
  }
}
