package dev.isopace.space.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Any text on one line: characters that would end a line, or move the cursor, are written as Java
 * writes them in a string, and so is a backslash, so that no two texts look the same.
 */
final class Escaped {
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

  /** Returns an entry as a message shows it, which may be all that is left of it. */
  static String entry(byte[] bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return "'" + text(StandardCharsets.UTF_8.newDecoder().decode(buffer).toString()) + "'";
    } catch (CharacterCodingException e) {
      return "in base64, " + Base64.getEncoder().encodeToString(bytes);
    }
  }
}
