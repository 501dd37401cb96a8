package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.Map;
import java.util.Set;

/** Opens {@code broken:NAME}, a space with one {@link Flaw}. */
public final class BrokenProvider implements SpaceProvider {
  @Override
  public String scheme() {
    return "broken";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Flaw.named(uri.target()).recipe().capabilities();
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of());
    return Flaw.named(uri.target()).open(codec);
  }
}
