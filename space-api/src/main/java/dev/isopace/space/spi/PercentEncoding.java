package dev.isopace.space.spi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The percent-encoding of RFC 3986, section 2.1. */
final class PercentEncoding {
  private PercentEncoding() {}

  /**
   * Decodes a text as UTF-8.
   *
   * @param uri the URI that the text is a part of, as messages show it
   * @throws IllegalArgumentException if the encoding is malformed
   */
  static String decode(String text, String uri) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c != '%') {
        int next = i + Character.charCount(c);
        bytes.put(text.substring(i, next).getBytes(StandardCharsets.UTF_8));
        i = next;
        continue;
      }
      int next = i + 3;
      // Not Character.digit, which takes the digits of every script.
      if (next > text.length()
          || !HexFormat.isHexDigit(text.charAt(i + 1))
          || !HexFormat.isHexDigit(text.charAt(i + 2))) {
        throw malformed(uri, null);
      }
      bytes.put((byte) HexFormat.fromHexDigits(text, i + 1, next));
      i = next;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw malformed(uri, e);
    }
  }

  private static IllegalArgumentException malformed(
      String uri, @Nullable CharacterCodingException cause) {
    return new IllegalArgumentException(
        "'"
            + uri
            + "' has a malformed percent-encoding: a percent sign stands before two hexadecimal"
            + " digits of UTF-8, and is itself written %25",
        cause);
  }
}
