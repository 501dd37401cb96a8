package dev.isopace.space.jmh;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The space that is measured, on any backend: {@code -p uri=...} names it, and the benchmarks know
 * nothing else of it.
 *
 * <p>In the target of the URI, {@code {fresh}} is replaced by a new name for each trial. A space on
 * a disk, which is one that is DURABLE and not SHARED, is made in a fresh directory below the one
 * that the URI names if there is no {@code {fresh}} in that, and deleted with it. A SHARED space,
 * which others see, must have one: the benchmarks take everything that is under their keys.
 */
@State(Scope.Benchmark)
public class Subject {
  private static final String FRESH = "{fresh}";

  /** The URI of the space. */
  @Param("local:")
  public String uri = "local:";

  /** The size of a value, in bytes. */
  @Param("128")
  public int size = 128;

  /** The keys to drain before the space is closed. */
  private final Set<String> used = ConcurrentHashMap.newKeySet();

  private @Nullable Space<byte[]> space;
  private @Nullable Path directory;
  private byte[] value = {};

  /** Creates the state, for JMH. */
  public Subject() {}

  /**
   * Opens the space.
   *
   * @throws IllegalArgumentException if others see it, or its directory is there already
   */
  @Setup
  public void open() {
    int question = uri.indexOf('?');
    int end = question < 0 ? uri.length() : question;
    String target = uri.substring(0, end);
    boolean isFresh = target.contains(FRESH);
    if (capabilities(uri).contains(Capability.SHARED) && !isFresh) {
      throw new IllegalArgumentException(
          "'"
              + SpaceUri.parse(uri)
              + "' is shared with others, whose entries a benchmark would take; put {fresh} into"
              + " its name, as in nats://host/{fresh}");
    }
    // Without a directory there is none to make another one in; opening says so.
    boolean isInDirectory = isOnDisk(uri) && !target.endsWith(":");
    if (isInDirectory && !isFresh) {
      target += "/" + FRESH;
    }
    String name = "bench" + UUID.randomUUID().toString().replace("-", "");
    String opened = target.replace(FRESH, name) + uri.substring(end);
    if (isInDirectory) {
      directory = unused(SpaceUri.parse(opened));
    }
    space = Spaces.open(opened, Codec.bytes());
    value = Payload.of(size);
  }

  /**
   * Removes what was written under the keys to be drained, closes the space, and deletes its
   * directory; a second call does nothing. JMH calls this before it tears down any state that uses
   * a space, which therefore finds it closed.
   */
  @TearDown
  public void close() throws IOException {
    try {
      if (space != null) {
        if (directory == null) {
          used.forEach(this::drain);
        }
        used.clear();
        space.close();
      }
    } finally {
      if (directory != null) {
        Workplace.delete(directory);
        directory = null;
      }
    }
  }

  /** Opens a new space, for benchmarks that leave more and more behind in some backends. */
  void reopen() throws IOException {
    close();
    open();
  }

  /** Returns the space, while it is open. */
  public Space<byte[]> space() {
    if (space == null) {
      throw new IllegalStateException("the space has not been opened");
    }
    return space;
  }

  /**
   * Returns the value to write, always the same, so that no benchmark measures how values are made.
   */
  byte[] value() {
    return value;
  }

  /** Returns the directory of the space. */
  Path directory() {
    if (directory == null) {
      throw new IllegalStateException("'" + SpaceUri.parse(uri) + "' is not on a disk");
    }
    return directory;
  }

  /** Writes an entry that stays until the space is closed, and is removed then. */
  void keep(String key) {
    drainAtClose(key);
    write(key);
  }

  /**
   * Writes an entry. A benchmark that takes none afterwards writes by this, since it would count
   * what a closed space drops.
   *
   * @throws IllegalStateException if the space is closed, and nothing was written
   */
  void write(String key) {
    if (!space().out(key, value)) {
      throw new IllegalStateException("the space is closed: nothing was written to '" + key + "'");
    }
  }

  /**
   * Has all entries of a key removed before the space is closed. A thread must not do so itself
   * when it is torn down, at the end of the last iteration: another, which has ended earlier, may
   * have closed the space.
   */
  void drainAtClose(String key) {
    used.add(key);
  }

  /** Removes all entries of a key. */
  void drain(String key) {
    while (space().inp(key).isPresent()) {}
  }

  /** Returns whether the space of a URI is in files, in a directory that its URI names. */
  public static boolean isOnDisk(String uri) {
    Set<Capability> capabilities = capabilities(uri);
    return capabilities.contains(Capability.DURABLE) && !capabilities.contains(Capability.SHARED);
  }

  /**
   * Returns what the backend of a URI declares; nothing if there is no backend, which opening
   * reports.
   */
  public static Set<Capability> capabilities(String uri) {
    SpaceUri parsed = SpaceUri.parse(uri.replace(FRESH, "fresh"));
    for (SpaceProvider provider : Spaces.providers()) {
      if (provider.scheme().equals(parsed.scheme())) {
        return provider.capabilities(parsed);
      }
    }
    return Set.of();
  }

  /**
   * Returns whether each change of the space of a URI waits until it is durable. That depends on
   * the parameter {@code sync}, where it has one: with never, or an interval, it does not.
   */
  public static boolean isForced(String uri) {
    SpaceUri parsed = SpaceUri.parse(uri.replace(FRESH, "fresh"));
    return capabilities(uri).contains(Capability.DURABLE)
        && parsed.parameters().getOrDefault("sync", "always").equals("always");
  }

  /**
   * Returns the directory in which the space will be, which must not exist: it is deleted in the
   * end.
   */
  private static Path unused(SpaceUri uri) {
    Path directory = Path.of(uri.target()).toAbsolutePath().normalize();
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException(
          "'" + uri + "' is there already; a benchmark makes its directory, and deletes it");
    }
    return directory;
  }
}
