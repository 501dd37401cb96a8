package dev.isopace.space;

import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.List;
import java.util.Objects;

/**
 * Opens spaces by URI, on whichever backends are on the class path or module path.
 *
 * <p>Thread-safe. Each call searches for providers anew, so that it finds what was added meanwhile
 * and keeps nothing from being unloaded; open a space once and share it. A null argument is a
 * {@link NullPointerException} that names it. Opening ignores the interrupt flag of the calling
 * thread and leaves it set.
 */
public final class Spaces {
  private Spaces() {}

  /**
   * Opens a space. Providers are looked for through the calling thread's context class loader, then
   * through the loader of this class.
   *
   * @param uri {@code scheme:target?name=value&name=value}, percent-encoded, for instance {@code
   *     local:}
   * @param codec turns values into bytes and back, where the backend needs that
   * @param <V> the type of the values
   * @return the handle, to be closed
   * @throws IllegalArgumentException if the URI is malformed, or the backend does not accept its
   *     target or one of its parameters; the message about an unknown parameter lists the valid
   *     ones with their meaning. Nothing has been opened or created
   * @throws SpaceException if no provider has this scheme, or more than one, or the space cannot be
   *     opened; the message says what to do
   */
  public static <V> Space<V> open(String uri, Codec<V> codec) {
    SpaceUri parsed = SpaceUri.parse(uri);
    Objects.requireNonNull(codec, "codec");
    return open(Discovery.ofContext().require(parsed), parsed, codec);
  }

  /**
   * Opens a space with the providers that one class loader sees.
   *
   * @param uri {@code scheme:target?name=value&name=value}, percent-encoded, for instance {@code
   *     local:}
   * @param codec turns values into bytes and back, where the backend needs that
   * @param loader where to look for providers, and nowhere else
   * @param <V> the type of the values
   * @return the handle, to be closed
   * @throws IllegalArgumentException if the URI is malformed, or the backend does not accept its
   *     target or one of its parameters; the message about an unknown parameter lists the valid
   *     ones with their meaning. Nothing has been opened or created
   * @throws SpaceException if no provider has this scheme, or more than one, or the space cannot be
   *     opened; the message says what to do
   */
  public static <V> Space<V> open(String uri, Codec<V> codec, ClassLoader loader) {
    SpaceUri parsed = SpaceUri.parse(uri);
    Objects.requireNonNull(codec, "codec");
    Objects.requireNonNull(loader, "loader");
    return open(Discovery.of(loader).require(parsed), parsed, codec);
  }

  private static <V> Space<V> open(SpaceProvider provider, SpaceUri uri, Codec<V> codec) {
    String what = "opening '" + uri + "': " + provider.getClass().getName();
    Space<V> space;
    try {
      space = provider.open(uri, codec);
    } catch (LinkageError e) {
      String why =
          e.getCause() instanceof ClassNotFoundException
              ? " lacks a class; add what it depends on to the class path or module path: "
              : " cannot be used: ";
      throw new SpaceException(what + why + e, e);
    }
    if (space == null) {
      throw new SpaceException(what + " returned null, which is a defect of that provider");
    }
    return space;
  }

  /**
   * Lists the providers among which {@link #open(String, Codec)} searches. Those that fail to load
   * are left out; opening a URI whose scheme is not found reports why they failed.
   *
   * @return all providers found, in the order of their schemes; unmodifiable
   */
  public static List<SpaceProvider> providers() {
    return Discovery.ofContext().providers();
  }
}
