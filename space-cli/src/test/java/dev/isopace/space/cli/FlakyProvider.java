package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
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
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code flaky:NAME?fail=OP&after=N}: a local space whose N-th call of operation OP fails. It
 * remembers, by name, which keys were left when it was closed, and the most entries that any key
 * held.
 */
public final class FlakyProvider implements SpaceProvider {
  static final ConcurrentMap<String, Set<String>> LEFT = new ConcurrentHashMap<>();
  static final ConcurrentMap<String, Long> LONGEST = new ConcurrentHashMap<>();

  @Override
  public String scheme() {
    return "flaky";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of();
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of("fail", "the operation that fails", "after", "at which call"));
    String fail = uri.parameters().getOrDefault("fail", "");
    if (fail.equals("open")) {
      throw new SpaceException("opening 'flaky:': out of order\nin two lines");
    }
    return new Flaky<>(
        Spaces.open("local:", codec), uri.target(), fail, uri.number("after", Long.MAX_VALUE));
  }

  private record Flaky<V>(
      Space<V> space, String name, String fail, long after, AtomicLong calls, AtomicLong backlog)
      implements Space<V> {
    Flaky(Space<V> space, String name, String fail, long after) {
      this(space, name, fail, after, new AtomicLong(), new AtomicLong());
    }

    private void call(String operation, String key) {
      // Once: of two that fail at one time, either may be the first to be noticed.
      if (operation.equals(fail) && calls.incrementAndGet() == after) {
        throw new SpaceException(operation + "(\"k\"): the disk is on fire");
      }
      if (key.endsWith("lines")) {
        long now = operation.equals("out") ? backlog.incrementAndGet() : backlog.get();
        LONGEST.merge(name, now, Math::max);
      }
    }

    @Override
    public boolean out(String key, V value) {
      if (fail.equals("close") && calls.incrementAndGet() == after) {
        space.close();
      }
      call("out", key);
      return space.out(key, value);
    }

    @Override
    public V in(String key) throws InterruptedException {
      call("in", key);
      V value = space.in(key);
      if (key.endsWith("lines")) {
        backlog.decrementAndGet();
      }
      return value;
    }

    @Override
    public Optional<V> in(String key, Duration timeout) throws InterruptedException {
      return space.in(key, timeout);
    }

    @Override
    public V rd(String key) throws InterruptedException {
      return space.rd(key);
    }

    @Override
    public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
      return space.rd(key, timeout);
    }

    @Override
    public Optional<V> inp(String key) {
      call("inp", key);
      return space.inp(key);
    }

    @Override
    public Optional<V> rdp(String key) {
      return space.rdp(key);
    }

    @Override
    public long len(String key) {
      return space.len(key);
    }

    @Override
    public Set<String> keys() {
      return space.keys();
    }

    @Override
    public void close() {
      try {
        LEFT.put(name, Set.copyOf(space.keys()));
      } catch (SpaceException e) {
        LEFT.putIfAbsent(name, Set.of("closed before: " + e.getMessage()));
      }
      space.close();
    }
  }
}
