package dev.isopace.space.store;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Opens spaces over the store in a directory, without a URI: the path is taken as it is, whatever
 * characters are in it, and {@link StoreOption} says how.
 *
 * <pre>{@code
 * Path directory = Path.of("/var/lib/app/100% done?");
 * try (Space<String> outbox =
 *     StoreSpaces.open(directory, Codec.utf8(), StoreOption.withSync(Duration.ofMillis(10)))) {
 *   outbox.out("mail", "Hello");
 *   System.out.println(StoreSpaces.recovery(outbox).entries() + " entries were there before");
 * }
 * }</pre>
 *
 * <p>The other methods also take a space that was opened by {@link dev.isopace.space.Spaces#open}
 * with a URI {@code store:DIRECTORY}.
 *
 * <p>The methods may be called from any thread. They ignore the interrupt flag and leave it set.
 */
public final class StoreSpaces {
  private StoreSpaces() {}

  /**
   * Opens the space in a directory, creating an empty one if there is none.
   *
   * @param directory where it is; it and its parents are created if need be
   * @param codec turns values into bytes and back
   * @param options how to open it
   * @param <V> the type of the values
   * @return the handle
   * @throws NullPointerException if an argument is null
   * @throws SpaceException if it is in use or damaged, or cannot be read or written; the cause is
   *     what {@link Store#open} throws
   */
  public static <V> Space<V> open(Path directory, Codec<V> codec, StoreOption... options) {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(codec, "codec");
    return open("store:" + directory, directory, codec, Settings.of(options));
  }

  /** Opens the space under the name that messages give it. */
  static <V> Space<V> open(String name, Path directory, Codec<V> codec, Settings settings) {
    try {
      return Keeper.open(
          directory.toString(),
          () -> Directory.create(directory, settings),
          settings,
          keeper -> new StoreSpace<>(name, codec, keeper, settings));
    } catch (IOException e) {
      throw new SpaceException("opening '" + name + "': " + Outcome.message(e), e);
    }
  }

  /**
   * Returns what opening a space found.
   *
   * @param space a space of this backend; it may be closed
   * @return the report
   * @throws NullPointerException if the space is null
   * @throws IllegalArgumentException if it is a space of another backend
   */
  public static Recovery recovery(Space<?> space) {
    return own(space).recovery();
  }

  /**
   * Reclaims at once all disk space no longer needed, as {@link Store#compact} does.
   *
   * @param space a space of this backend
   * @throws NullPointerException if the space is null
   * @throws IllegalArgumentException if it is a space of another backend
   * @throws SpaceException if it could not be done, or damage was found; nothing is lost. The cause
   *     is what {@link Store#compact} throws
   * @throws dev.isopace.space.SpaceClosedException if the handle is closed
   */
  public static void compact(Space<?> space) {
    own(space).compact();
  }

  private static StoreSpace<?> own(Space<?> space) {
    Objects.requireNonNull(space, "space");
    if (space instanceof StoreSpace<?> own) {
      return own;
    }
    throw new IllegalArgumentException("'" + space + "' is not a space of the scheme store");
  }
}
