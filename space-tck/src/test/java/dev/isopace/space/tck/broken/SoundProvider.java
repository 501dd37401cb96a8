package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.Map;
import java.util.Set;

/**
 * Opens {@code sound:MANNER}, or {@code sound:MANNER?copy=true}: spaces that keep every rule, each
 * in its {@link Manner}, which is FAIR unless one is named.
 */
public final class SoundProvider implements SpaceProvider {
  @Override
  public String scheme() {
    return "sound";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return uri.flag("copy", false) ? Set.of(Capability.COPYING) : Set.of();
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of("copy", "true if values pass through the codec"));
    Manner manner = uri.target().isEmpty() ? Manner.FAIR : Manner.valueOf(uri.target());
    return manner.open(uri.flag("copy", false) ? codec : null);
  }
}
