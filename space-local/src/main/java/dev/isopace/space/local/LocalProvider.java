package dev.isopace.space.local;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Opens {@code local:} and {@code local:?copy=true}; each open makes a space of its own. */
public final class LocalProvider implements SpaceProvider {
  private static final String COPY = "copy";
  private static final Map<String, String> PARAMETERS =
      Map.of(
          COPY, "true runs every value through the codec; false, the default, passes references");

  /** Creates the provider, for {@link java.util.ServiceLoader}. */
  public LocalProvider() {}

  @Override
  public String scheme() {
    return "local";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return copies(uri) ? Set.of(Capability.COPYING) : Set.of();
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    Objects.requireNonNull(codec, "codec");
    boolean copies = copies(uri.accept(PARAMETERS));
    if (!uri.target().isEmpty()) {
      throw new IllegalArgumentException(
          "'"
              + uri
              + "' has a target, but local: takes none, since each open makes a space of its own;"
              + " write local: and share what it returns");
    }
    return copies ? new CopyingSpace<>(uri.toString(), codec) : new LocalSpace<>(uri.toString());
  }

  private static boolean copies(SpaceUri uri) {
    return uri.flag(COPY, false);
  }
}
