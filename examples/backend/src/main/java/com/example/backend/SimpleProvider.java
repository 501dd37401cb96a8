package com.example.backend;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.Map;
import java.util.Set;

/** Opens {@code simple:}. */
public final class SimpleProvider implements SpaceProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public SimpleProvider() {}

  @Override
  public String scheme() {
    return "simple";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    // No parameters; any that is given is refused, before anything is opened.
    return new SimpleSpace<>(uri.accept(Map.of()).toString(), codec);
  }
}
