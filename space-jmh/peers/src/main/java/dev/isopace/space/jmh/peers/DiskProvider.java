package dev.isopace.space.jmh.peers;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Opens {@code SCHEME:DIRECTORY?sync=always|never}: what keeps its entries in files. */
abstract class DiskProvider implements SpaceProvider {
  private static final String SYNC = "sync";
  private static final String ALWAYS = "always";
  private static final String NEVER = "never";

  private final String scheme;

  DiskProvider(String scheme) {
    this.scheme = scheme;
  }

  /**
   * Opens a directory, which is there.
   *
   * @param isForced whether each change waits for the disk
   */
  abstract <V> Space<V> open(Path directory, boolean isForced, Codec<V> codec) throws Exception;

  @Override
  public final String scheme() {
    return scheme;
  }

  @Override
  public final Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.DURABLE, Capability.COPYING);
  }

  @Override
  public final <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of(SYNC, "always, the default: each change waits for the disk; or never"));
    boolean isForced =
        switch (uri.parameters().getOrDefault(SYNC, ALWAYS)) {
          case ALWAYS -> true;
          case NEVER -> false;
          default ->
              throw new IllegalArgumentException("'" + uri + "': sync must be always or never");
        };
    Path directory = Path.of(uri.target());
    try {
      Files.createDirectories(directory);
      return open(directory, isForced, codec);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SpaceException("'" + uri + "' cannot be opened", e);
    }
  }
}
