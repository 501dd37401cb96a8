package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code kept:NAME?fail=OP&lack=OP&doubt=OP&after=N}: a space that outlives its handles, in this
 * process, as a durable one does. The N-th call of operation OP of a handle fails, lacks memory, or
 * is left in doubt; close fails the first time.
 */
public final class KeptProvider implements SpaceProvider {
  private static final ConcurrentMap<String, Space<byte[]>> KEPT = new ConcurrentHashMap<>();

  /** The space behind the handles. */
  static Space<byte[]> kept(String name) {
    return KEPT.computeIfAbsent(name, any -> Spaces.open("local:", Codec.bytes()));
  }

  @Override
  public String scheme() {
    return "kept";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of();
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(
        Map.of(
            "fail",
            "what fails",
            "lack",
            "what lacks memory",
            "doubt",
            "what is in doubt",
            "after",
            "which call"));
    return new Handle<>(
        kept(uri.target()),
        codec,
        uri.parameters().getOrDefault("fail", ""),
        uri.parameters().getOrDefault("lack", ""),
        uri.parameters().getOrDefault("doubt", ""),
        uri.number("after", 1),
        new AtomicLong(),
        new AtomicBoolean());
  }

  private record Handle<V>(
      Space<byte[]> space,
      Codec<V> codec,
      String fail,
      String lack,
      String doubt,
      long after,
      AtomicLong calls,
      AtomicBoolean closed)
      implements Space<V> {

    private void call(String operation) {
      if (closed.get()) {
        throw new SpaceClosedException(operation + ": closed");
      }
      if (operation.equals(fail) && calls.incrementAndGet() == after) {
        throw new SpaceException(operation + "(\"k\"): the disk\nis on fire");
      }
      if (operation.equals(lack) && calls.incrementAndGet() == after) {
        throw new OutOfMemoryError("Java heap space");
      }
    }

    private void settle(String operation, byte[] value) {
      if (operation.equals(doubt) && calls.incrementAndGet() == after) {
        throw new IndeterminateException(
            operation + "(\"k\"): in doubt", new SpaceException("flush"), value);
      }
    }

    @Override
    public boolean out(String key, V value) {
      if (closed.get()) {
        return false;
      }
      call("out");
      if (key.length() > 600) {
        throw new IllegalArgumentException("key has " + key.length() + " bytes");
      }
      boolean written = space.out(key, codec.encode(value));
      settle("out", new byte[0]);
      return written;
    }

    @Override
    public V in(String key) throws InterruptedException {
      call("in");
      byte[] value = space.in(key);
      settle("in", value);
      return codec.decode(value);
    }

    @Override
    public Optional<V> in(String key, Duration timeout) throws InterruptedException {
      call("in");
      return space.in(key, timeout).map(codec::decode);
    }

    @Override
    public V rd(String key) throws InterruptedException {
      call("rd");
      return codec.decode(space.rd(key));
    }

    @Override
    public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
      call("rd");
      return space.rd(key, timeout).map(codec::decode);
    }

    @Override
    public Optional<V> inp(String key) {
      call("inp");
      return space.inp(key).map(codec::decode);
    }

    @Override
    public Optional<V> rdp(String key) {
      call("rdp");
      return space.rdp(key).map(codec::decode);
    }

    @Override
    public long len(String key) {
      call("len");
      return space.len(key);
    }

    @Override
    public Set<String> keys() {
      call("keys");
      return space.keys();
    }

    @Override
    public void close() {
      if (!closed.getAndSet(true) && fail.equals("close")) {
        throw new SpaceException("close: the disk\nis on fire");
      }
    }
  }
}
