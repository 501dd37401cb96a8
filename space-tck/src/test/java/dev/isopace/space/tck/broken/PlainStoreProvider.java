package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens {@code plainstore:FILE}, which keeps every rule, or has a {@link StoreDefect}. */
public final class PlainStoreProvider implements SpaceProvider {
  private static final String DEFECT = "defect";

  @Override
  public String scheme() {
    return "plainstore";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.DURABLE, Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of(DEFECT, "what is wrong with it"));
    @Nullable String defect = uri.parameters().get(DEFECT);
    return new PlainStore<>(
        Path.of(uri.target()), codec, defect == null ? null : StoreDefect.valueOf(defect));
  }
}
