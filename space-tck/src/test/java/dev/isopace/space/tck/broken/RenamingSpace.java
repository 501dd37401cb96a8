package dev.isopace.space.tck.broken;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A space that makes another key of each. */
final class RenamingSpace<V> extends ForwardingSpace<V> {
  private final UnaryOperator<String> mapping;

  private RenamingSpace(Space<V> to, UnaryOperator<String> mapping) {
    super(to);
    this.mapping = mapping;
  }

  static Recipe.Maker by(UnaryOperator<String> mapping) {
    return codec -> new RenamingSpace<>(new PlainSpace<>(), mapping);
  }

  @Override
  public boolean out(String key, V value) {
    return super.out(mapping.apply(key), value);
  }

  @Override
  public V in(String key) throws InterruptedException {
    return super.in(mapping.apply(key));
  }

  @Override
  public Optional<V> in(String key, Duration timeout) throws InterruptedException {
    return super.in(mapping.apply(key), timeout);
  }

  @Override
  public V rd(String key) throws InterruptedException {
    return super.rd(mapping.apply(key));
  }

  @Override
  public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
    return super.rd(mapping.apply(key), timeout);
  }

  @Override
  public Optional<V> inp(String key) {
    return super.inp(mapping.apply(key));
  }

  @Override
  public Optional<V> rdp(String key) {
    return super.rdp(mapping.apply(key));
  }

  @Override
  public long len(String key) {
    return super.len(mapping.apply(key));
  }
}
