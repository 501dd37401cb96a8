package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;

/** Works on the space that a command was given, and says what each way to fail means for it. */
final class OnSpace {
  /** What to do; the entries are bytes, so that what others have written need not be text. */
  interface Work {
    int run(Space<byte[]> space) throws CommandException, InterruptedException;
  }

  private OnSpace() {}

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
