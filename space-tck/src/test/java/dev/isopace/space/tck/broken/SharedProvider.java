package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.Map;
import java.util.Set;

/**
 * Opens {@code plainshared:PORT/NAME}: spaces of a {@link SharedServer}, broken by {@code defect}.
 */
public final class SharedProvider implements SpaceProvider {
  @Override
  public String scheme() {
    return "plainshared";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.SHARED, Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of("defect", "what is wrong with it"));
    String[] parts = uri.target().split("/", 2);
    int port = Integer.parseInt(parts[0]);
    String defect = uri.parameters().get("defect");
    return defect == null
        ? new SharedSpace<>(uri.toString(), port, parts[1], codec)
        : SharedFlaw.named(defect).open(uri.toString(), port, parts[1], codec);
  }
}
