package dev.isopace.space.store;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Opens {@code store:} followed by the path of a directory: {@code
 * store:/var/lib/app/outbox?sync=always}.
 */
public final class StoreProvider implements SpaceProvider {
  private static final String SYNC = "sync";
  private static final String MEMORY = "memory";
  private static final String SEGMENT = "segment";
  private static final String VALUE = "value";
  private static final Map<String, String> PARAMETERS =
      Map.of(
          SYNC,
          "always, the default: what has returned is durable; never: it survives the process but"
              + " not the machine; a time such as 10ms, at least 1ms: the log is forced that often,"
              + " and a machine that dies loses what was written since the last completed force"
              + " began",
          MEMORY,
          "how much of the log may be mapped into memory, 1GiB by default; the rest is read from"
              + " the disk, and with sync=always all but the last 256 KiB",
          SEGMENT,
          "how large the files of the log grow, from 64KiB to 1GiB, 64MiB by default",
          VALUE,
          "how large an encoded value may be, from 512KiB to 256MiB, 16MiB by default");

  /** Creates the provider, for {@link java.util.ServiceLoader}. */
  public StoreProvider() {}

  @Override
  public String scheme() {
    return "store";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.DURABLE, Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri given, Codec<V> codec) {
    Objects.requireNonNull(codec, "codec");
    SpaceUri uri = given.accept(PARAMETERS);
    Path directory = directory(uri);
    Settings settings = settings(uri);
    return StoreSpaces.open(uri.toString(), directory, codec, settings);
  }

  private static Path directory(SpaceUri uri) {
    if (uri.target().isEmpty()) {
      throw new IllegalArgumentException(
          "'" + uri + "' names no directory; write store:/path/of/a/directory");
    }
    try {
      return Path.of(uri.target());
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + uri + "' names no directory: " + e.getMessage(), e);
    }
  }

  private static Settings settings(SpaceUri uri) {
    StoreOption sync =
        switch (uri.parameters().getOrDefault(SYNC, "always")) {
          case "always" -> StoreOption.withSync(true);
          case "never" -> StoreOption.withSync(false);
          default -> interval(uri);
        };
    Settings otherwise = Settings.DEFAULT;
    return Settings.of(
        sync,
        StoreOption.withMemory(uri.size(MEMORY, otherwise.memory())),
        StoreOption.withSegmentSize(
            size(
                uri,
                SEGMENT,
                otherwise.segmentSize(),
                Settings.SMALLEST_SEGMENT,
                Settings.LARGEST_SEGMENT)),
        StoreOption.withLargestValue(
            size(
                uri,
                VALUE,
                otherwise.largestValue(),
                Settings.REQUIRED_VALUE,
                Settings.LARGEST_VALUE)));
  }

  private static StoreOption interval(SpaceUri uri) {
    Duration interval;
    try {
      interval = uri.duration(SYNC, Duration.ZERO);
    } catch (IllegalArgumentException e) {
      // Its message mentions times only, not always and never.
      interval = Duration.ZERO;
    }
    if (interval.compareTo(StoreOption.SHORTEST_INTERVAL) < 0) {
      throw uri.invalid(SYNC, "always, never, or a time of at least 1ms, such as 10ms");
    }
    return StoreOption.withSync(interval);
  }

  private static long size(SpaceUri uri, String name, long otherwise, long least, long most) {
    long bytes = uri.size(name, otherwise);
    if (bytes < least || bytes > most) {
      throw uri.invalid(name, "from " + least + " to " + most + " bytes");
    }
    return bytes;
  }
}
