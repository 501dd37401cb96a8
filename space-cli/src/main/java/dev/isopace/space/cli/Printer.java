package dev.isopace.space.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes entries as they are, each with a separator behind it. */
final class Printer {
  /**
   * The size below which an entry is written in one piece with its separator: a pipe keeps no more
   * together.
   */
  private static final int PIECE = 4096;

  static final String UNWRITABLE = "standard output cannot be written";

  private final OutputStream out;
  private final byte separator;

  Printer(OutputStream out, byte separator) {
    this.out = out;
    this.separator = separator;
  }

  static void printLine(OutputStream out, String line) throws CommandException {
    new Printer(out, Separator.LINE_FEED).print(line.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes an entry at once. When this returns, it has left the process, provided that the stream
   * does not buffer. A large entry is not copied: it may have been taken already, and there may be
   * no memory for a copy.
   */
  void write(byte[] entry) throws IOException {
    if (entry.length < PIECE) {
      byte[] line = Arrays.copyOf(entry, entry.length + 1);
      line[entry.length] = separator;
      out.write(line);
    } else {
      out.write(entry);
      out.write(new byte[] {separator});
    }
    out.flush();
  }

  void print(byte[] entry) throws CommandException {
    try {
      write(entry);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  static CommandException failure(IOException e) {
    return CommandException.failure(UNWRITABLE + ": " + OneLine.of(e));
  }
}
