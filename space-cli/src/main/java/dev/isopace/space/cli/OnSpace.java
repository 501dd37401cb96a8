package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.SpaceUri;

/** Runs the work of a command on its space, and turns each failure into a message. */
final class OnSpace {
  /** The work; entries are bytes, since those that others have written need not be text. */
  interface Work {
    int run(Space<byte[]> space) throws CommandException, InterruptedException;
  }

  private static final String STORE = "store";

  private OnSpace() {}

  /**
   * Runs the work on a space that exists: a store is not created by looking for it at the wrong
   * place. A wait in a store that was just created would last for ever, since nobody else can write
   * to it meanwhile.
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

  /** Runs the work on a space; a store that does not exist is created. */
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
