package dev.isopace.space.tck.broken;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A space that passes every call on; broken spaces are made from it by overriding one. */
class ForwardingSpace<V> implements Space<V> {
  final Space<V> to;

  /** Whether close has been called; for a space that goes by that. */
  volatile boolean closed;

  ForwardingSpace(Space<V> to) {
    this.to = to;
  }

  @Override
  public boolean out(String key, V value) {
    return to.out(key, value);
  }

  @Override
  public V in(String key) throws InterruptedException {
    return to.in(key);
  }

  @Override
  public Optional<V> in(String key, Duration timeout) throws InterruptedException {
    return to.in(key, timeout);
  }

  @Override
  public V rd(String key) throws InterruptedException {
    return to.rd(key);
  }

  @Override
  public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
    return to.rd(key, timeout);
  }

  @Override
  public Optional<V> inp(String key) {
    return to.inp(key);
  }

  @Override
  public Optional<V> rdp(String key) {
    return to.rdp(key);
  }

  @Override
  public long len(String key) {
    return to.len(key);
  }

  @Override
  public Set<String> keys() {
    return to.keys();
  }

  @Override
  public void close() {
    closed = true;
    to.close();
  }
}
