package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.SpaceUri;

/** Works on the space that a command was given, and says what each way to fail means for it. */
final class OnSpace {
  /** What to do; the entries are bytes, so that what others have written need not be text. */
  interface Work {
    int run(Space<byte[]> space) throws CommandException, InterruptedException;
  }

  private static final String STORE = "store";

  private OnSpace() {}

  /**
   * Works on a space that is there already: a store is not made by looking for it at the wrong
   * place. To wait there would be for ever, since nobody else can write to it meanwhile.
   */
  static int runExisting(String uri, Work work) throws CommandException {
    requireThere(uri);
    return run(uri, work);
  }

  private static void requireThere(String uri) throws CommandException {
    SpaceUri parsed;
    try {
      parsed = SpaceUri.parse(uri);
    } catch (IllegalArgumentException e) {
      throw CommandException.badInput(e);
    }
    if (parsed.scheme().equals(STORE) && !parsed.target().isEmpty()) {
      StoreDirectory.existing(parsed.target());
    }
  }

  /** Works on a space; a store that is not there is made. */
  static int run(String uri, Work work) throws CommandException {
    try (Space<byte[]> space = Opener.open(uri, Codec.bytes())) {
      return work.run(space);
    } catch (IllegalArgumentException e) {
      // The key, or a value, is none that the backend takes.
      throw CommandException.badInput(e);
    } catch (SpaceException e) {
      throw CommandException.failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failure("interrupted");
    }
  }
}
