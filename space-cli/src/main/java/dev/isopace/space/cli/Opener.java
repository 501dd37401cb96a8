package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.SpaceUri;

/** Opens the space of a command, or reports what is wrong with its URI. */
final class Opener {
  private Opener() {}

  /**
   * Opens a space.
   *
   * @throws CommandException bad input, if the URI is wrong or nobody takes it; a failure, if the
   *     space cannot be opened
   */
  static <V> Space<V> open(String uri, Codec<V> codec) throws CommandException {
    try {
      return Spaces.open(uri, codec);
    } catch (IllegalArgumentException e) {
      throw CommandException.badInput(e);
    } catch (SpaceException e) {
      StringBuilder line = new StringBuilder(OneLine.of(e));
      for (Throwable suppressed : e.getSuppressed()) {
        line.append("; ").append(OneLine.of(suppressed));
      }
      throw isSchemeKnown(uri)
          ? CommandException.failure(line.toString())
          : CommandException.badInput(line.toString());
    }
  }

  private static boolean isSchemeKnown(String uri) {
    String scheme = SpaceUri.parse(uri).scheme();
    return Spaces.providers().stream().anyMatch(provider -> provider.scheme().equals(scheme));
  }
}
