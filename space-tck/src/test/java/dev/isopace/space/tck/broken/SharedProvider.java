package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Opens {@code plainshared:PORT/NAME}: spaces of a {@link SharedServer}, broken by {@code defect},
 * or with {@code ends=true} such as end with their last handle in this process.
 */
public final class SharedProvider implements SpaceProvider {
  /** A space that ends: from its first handle to its last it has a name of its own. */
  private static final class Life {
    final String name = UUID.randomUUID().toString();
    int handles;
  }

  private static final Map<String, Life> LIVES = new HashMap<>();

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
    uri.accept(
        Map.of("defect", "what is wrong with it", "ends", "true if it ends with its last handle"));
    String[] parts = uri.target().split("/", 2);
    int port = Integer.parseInt(parts[0]);
    if (uri.flag("ends", false)) {
      return openUntilTheLastCloses(uri.toString(), port, codec);
    }
    String defect = uri.parameters().get("defect");
    return defect == null
        ? new SharedSpace<>(uri.toString(), port, parts[1], codec)
        : SharedFlaw.named(defect).open(uri.toString(), port, parts[1], codec);
  }

  private static <V> Space<V> openUntilTheLastCloses(String uri, int port, Codec<V> codec) {
    synchronized (LIVES) {
      Life life = LIVES.computeIfAbsent(uri, absent -> new Life());
      life.handles++;
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, life.name, codec)) {
        @Override
        public void close() {
          synchronized (LIVES) {
            if (!closed && --life.handles == 0) {
              LIVES.remove(uri);
            }
            closed = true;
          }
          super.close();
        }
      };
    }
  }
}
