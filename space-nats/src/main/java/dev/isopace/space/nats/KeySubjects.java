package dev.isopace.space.nats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Keys as the ends of subjects, and back.
 *
 * <pre>
 *   key             subject          rule
 *   jobs.eu         jobs.eu          dots separate the parts; letters, digits and -_:/@+=,~! stay
 *   a b             a%20b            any other byte of UTF-8 is percent-encoded
 *   (empty), "a."   %, a.%           a part that is empty is a lone percent sign
 *   x (600 times)   xxx...%%SHA-256  longer than 255: its beginning, %%, and the hash of the key
 * </pre>
 *
 * <p>No two keys have one subject: the encoding of parts can be undone, and no encoding contains
 * two percent signs in a row, which mark what was abbreviated. An abbreviated key stands in a
 * header of each of its entries, in the long form. No character of a part that has a meaning in a
 * subject (a dot, an asterisk, a greater-than sign, white space) gets through, so that no key leads
 * out of its space.
 *
 * <p>Rejected: Base64 or hexadecimal for all keys, since nobody could read them in the tools of the
 * server; subjects without limit, since the server takes no more than some 4,000 characters, and
 * every wake-up and look-up would carry them.
 */
final class KeySubjects {
  /** The header in which an entry carries its key, if its subject does not. */
  static final String HEADER = "Space-Key";

  /** How many bytes of UTF-8 a key may have: three times as much fits into a header. */
  static final int LONGEST_KEY = 4096;

  private static final int LONGEST_SUBJECT = 255;
  private static final int SHOWN = 160;
  private static final String ABBREVIATION = "%%";
  private static final String PLAIN = "-_:/@+=,~!";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private KeySubjects() {}

  /** The end of the subject of a key. */
  static String subject(String key) {
    String whole = encode(key);
    return whole.length() <= LONGEST_SUBJECT ? whole : abbreviate(key, whole);
  }

  /** Whether the subject of a key does not hold all of it. */
  static boolean isAbbreviated(String subject) {
    return subject.contains(ABBREVIATION);
  }

  /** The key in full, as it stands in a subject that is short enough, or else in the header. */
  static String encode(String key) {
    StringBuilder whole = new StringBuilder(key.length() + 8);
    int partBegin = 0;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c == '.') {
        endPart(whole, partBegin);
        whole.append('.');
        partBegin = whole.length();
      } else if (isPlain(c)) {
        whole.append(c);
      } else {
        whole.append('%');
        HEX.toHexDigits(whole, b);
      }
    }
    endPart(whole, partBegin);
    return whole.toString();
  }

  private static void endPart(StringBuilder whole, int begin) {
    if (whole.length() == begin) {
      whole.append('%');
    }
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || PLAIN.indexOf(c) >= 0;
  }

  private static String abbreviate(String key, String whole) {
    int end = SHOWN;
    // Not within an encoded byte: a lone percent sign before %% would be read as another hash.
    int percent = whole.lastIndexOf('%', end - 1);
    if (percent >= end - 2) {
      end = percent;
    }
    return whole.substring(0, end) + ABBREVIATION + hash(key);
  }

  private static String hash(String key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Undoes {@link #encode}.
   *
   * @throws IllegalArgumentException if this is no key's encoding
   */
  static String decode(String whole) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(whole.length());
    String[] parts = whole.split("\\.", -1);
    for (int p = 0; p < parts.length; p++) {
      if (p > 0) {
        bytes.write('.');
      }
      String part = parts[p];
      if (!part.equals("%")) {
        decodePart(part, bytes);
      }
    }
    String key = bytes.toString(StandardCharsets.UTF_8);
    if (!encode(key).equals(whole)) {
      throw new IllegalArgumentException("'" + whole + "' is the subject of no key");
    }
    return key;
  }

  private static void decodePart(String part, ByteArrayOutputStream bytes) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '%' && i + 2 < part.length() && isHex(part, i + 1)) {
        bytes.write(HexFormat.fromHexDigits(part, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
  }

  private static boolean isHex(String part, int at) {
    return HexFormat.isHexDigit(part.charAt(at)) && HexFormat.isHexDigit(part.charAt(at + 1));
  }
}
