package dev.isopace.space.spi;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.util.Set;

/**
 * Opens spaces of one URI scheme. Found by {@link java.util.ServiceLoader}: declare the class in
 * {@code META-INF/services/dev.isopace.space.spi.SpaceProvider} for the class path, and by {@code
 * provides} in the module descriptor for the module path; do both.
 *
 * <p>Every look-up creates an instance and calls {@link #scheme()}; keep the constructor trivial.
 * Implementations must be thread-safe.
 */
public interface SpaceProvider {

  /**
   * Returns the scheme of the URIs that this provider opens, for instance {@code local}.
   *
   * @return a lower-case scheme: a letter, then letters, digits, {@code +}, {@code -} and {@code .}
   */
  String scheme();

  /**
   * Returns what a space opened by this URI promises beyond the rules for every backend. It may
   * depend on parameters.
   *
   * @param uri a URI of this scheme
   * @return the capabilities, unmodifiable
   * @throws IllegalArgumentException if a parameter that it depends on is malformed
   */
  Set<Capability> capabilities(SpaceUri uri);

  /**
   * Opens a space. Checks the parameters, by {@link SpaceUri#accept}, before it opens or creates
   * anything; after an exception nothing has been opened.
   *
   * @param uri a URI of this scheme
   * @param codec turns values into bytes and back, where the backend needs that
   * @param <V> the type of the values
   * @return the handle
   * @throws IllegalArgumentException if the target or a parameter is unknown or malformed
   * @throws dev.isopace.space.SpaceException if the space cannot be opened
   */
  <V> Space<V> open(SpaceUri uri, Codec<V> codec);
}
