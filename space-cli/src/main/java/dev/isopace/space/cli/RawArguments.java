package dev.isopace.space.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of the arguments. Of those that are not valid UTF-8 the JVM makes the character U+FFFD,
 * as if that had been written.
 */
final class RawArguments {
  /** Each argument of the process, with a zero byte behind it; on Linux. */
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private RawArguments() {}

  /** Returns whether the last arguments of this process are valid UTF-8, as far as can be known. */
  static boolean areUtf8(int count) {
    try {
      return areUtf8(Files.readAllBytes(COMMAND_LINE), count);
    } catch (IOException e) {
      return true;
    }
  }

  /** The same of a command line. What precedes, such as a class path, need not be UTF-8. */
  static boolean areUtf8(byte[] line, int count) {
    int start = line.length;
    int ends = 0;
    while (start > 0 && (line[start - 1] != 0 || ++ends <= count)) {
      start--;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, start, line.length - start));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
