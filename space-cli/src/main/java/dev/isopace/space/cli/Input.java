package dev.isopace.space.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The input of a command: its name for messages, its bytes, and their number where that is known.
 *
 * @param name how to call it
 * @param bytes where they come from
 * @param size their number; 0 if it is not known
 */
record Input(String name, InputStream bytes, long size) implements AutoCloseable {
  private static final String STDIN = "-";

  /**
   * Opens a file, or standard input.
   *
   * @param name the path of a file; {@code -} is standard input
   * @param stdin what standard input is
   * @return the input, to be closed
   * @throws CommandException bad input, if it cannot be opened
   */
  static Input open(String name, InputStream stdin) throws CommandException {
    if (name.equals(STDIN)) {
      return new Input("standard input", stdin, 0);
    }
    try {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        throw CommandException.badInput("'" + name + "' is a directory; give a file");
      }
      if (!Files.exists(path)) {
        throw new NoSuchFileException(name);
      }
      if (!Files.isReadable(path)) {
        throw CommandException.badInput("'" + name + "' cannot be read: permission denied");
      }
      // A pipe or a device has no size, and the files of /proc say that theirs is 0.
      long size = Files.isRegularFile(path) ? Files.size(path) : 0;
      return new Input(name, new FileInputStream(path.toFile()), size);
    } catch (NoSuchFileException e) {
      throw CommandException.badInput("'" + name + "' does not exist");
    } catch (IOException | InvalidPathException e) {
      throw CommandException.badInput("'" + name + "' cannot be read: " + OneLine.of(e));
    }
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
