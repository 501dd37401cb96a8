package dev.isopace.space.jmh.peers;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A space of which a peer has only what benchmarks call, and of that what it can do.
 *
 * @param <V> the type of the values
 */
abstract class Peer<V> implements Space<V> {
  @Override
  public V in(String key) throws InterruptedException {
    throw unsupported("in");
  }

  /** No benchmark waits for a time: they ask whether it can wait at all. */
  @Override
  public Optional<V> in(String key, Duration timeout) throws InterruptedException {
    throw unsupported("in");
  }

  @Override
  public V rd(String key) throws InterruptedException {
    throw unsupported("rd");
  }

  @Override
  public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
    throw unsupported("rd");
  }

  @Override
  public Optional<V> rdp(String key) {
    throw unsupported("rdp");
  }

  @Override
  public long len(String key) {
    throw unsupported("len");
  }

  @Override
  public Set<String> keys() {
    throw unsupported("keys");
  }

  /** Wakes nobody. What waits in a peer ends with the process. */
  @Override
  public void close() {}

  private UnsupportedOperationException unsupported(String operation) {
    return new UnsupportedOperationException(getClass().getSimpleName() + " has no " + operation);
  }
}
