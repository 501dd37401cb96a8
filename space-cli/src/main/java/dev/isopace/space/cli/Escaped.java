package dev.isopace.space.cli;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;

/**
 * Any text on one line: characters that would end a line, or move the cursor, are written as Java
 * writes them in a string, and so is a backslash, so that no two texts look the same.
 */
final class Escaped {
  /** A multiple of 3, so that the base64 of pieces is that of the whole. */
  private static final int PIECE = 3 << 10;

  private Escaped() {}

  static String text(String text) {
    return controls(text.replace("\\", "\\\\"));
  }

  /** Escapes all but the backslash, for a message, which may hold escaped text already. */
  static String controls(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        default -> {
          if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
            escaped.append(String.format("\\u%04x", (int) c));
          } else {
            escaped.append(c);
          }
        }
      }
    }
    return escaped.toString();
  }

  /**
   * Prints an entry as a message shows it, which may be all that is left of it: in pieces, since
   * there may be no memory for a copy of a large one.
   */
  static void print(byte[] entry, PrintWriter to) {
    if (decode(entry, piece -> {})) {
      to.print("'");
      decode(entry, piece -> to.print(text(piece)));
      to.print("'");
    } else {
      to.print("in base64, ");
      for (int from = 0; from < entry.length; from += PIECE) {
        byte[] piece = Arrays.copyOfRange(entry, from, Math.min(from + PIECE, entry.length));
        to.print(Base64.getEncoder().encodeToString(piece));
      }
    }
  }

  /** Decodes text piece by piece. False if it is none; then what came before may be decoded. */
  private static boolean decode(byte[] bytes, Consumer<String> pieces) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(PIECE);
    CoderResult result;
    do {
      result = decoder.decode(in, out, true);
      pieces.accept(out.flip().toString());
      out.clear();
    } while (result.isOverflow());
    return !result.isError();
  }
}
