package dev.isopace.space.spi;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks of arguments that every backend makes, and the wording of their messages. */
public final class Arguments {
  private static final int LONGEST_SHOWN = 64;

  private Arguments() {}

  /**
   * Checks a key.
   *
   * @param key the key
   * @param longest the largest key that the backend takes, in bytes of UTF-8
   * @return the key
   * @throws NullPointerException if the key is null
   * @throws IllegalArgumentException if the key holds an unpaired surrogate, or is longer
   */
  public static String requireKey(String key, long longest) {
    long length = utf8Length("key", key);
    if (length > longest) {
      throw new IllegalArgumentException(
          "key has " + length + " bytes of UTF-8, the limit is " + longest + ": " + show(key));
    }
    return key;
  }

  /**
   * Checks the size of an encoded value.
   *
   * @param size its size in bytes
   * @param limit how many bytes the backend takes
   * @throws IllegalArgumentException if it is larger
   */
  public static void requireSize(long size, long limit) {
    if (size > limit) {
      throw new IllegalArgumentException(
          "value has " + size + " bytes encoded, the limit is " + limit);
    }
  }

  /**
   * Measures a text in UTF-8 without encoding it.
   *
   * @param name what to call it in a message
   * @param text the text
   * @return how many bytes its UTF-8 form has
   * @throws NullPointerException if the text is null; the message is the name
   * @throws IllegalArgumentException if it holds an unpaired surrogate, which UTF-8 cannot express
   */
  public static long utf8Length(String name, String text) {
    Objects.requireNonNull(text, name);
    int chars = text.length();
    long bytes = chars;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      bytes += c < 0x800 ? 1 : 2;
      if (Character.isSurrogate(c)) {
        requirePair(name, text, i);
        // Two chars, counted as 1 + 2 and 1 + 0, are one code point of four bytes.
        i++;
      }
    }
    return bytes;
  }

  private static void requirePair(String name, String text, int at) {
    char c = text.charAt(at);
    if (!Character.isHighSurrogate(c)
        || at + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(at + 1))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s holds an unpaired surrogate, U+%04X at index %d; it must be valid Unicode",
              name,
              (int) c,
              at));
    }
  }

  /**
   * Describes a call for the beginning of a message: {@code in("jobs")}.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key it was called with, or null where it has none
   * @return the call as messages show it
   */
  public static String call(String operation, @Nullable String key) {
    return key == null ? operation : operation + '(' + quoted(key, '"') + ')';
  }

  /**
   * Makes a key fit for a message: in quotes, control characters escaped, cut when long.
   *
   * @param key the key
   * @return its form in a message
   */
  public static String show(String key) {
    return quoted(key, '\'');
  }

  private static String quoted(String key, char quote) {
    StringBuilder shown = new StringBuilder().append(quote);
    int end = key.length();
    if (end > LONGEST_SHOWN) {
      end = key.offsetByCodePoints(0, key.codePointCount(0, LONGEST_SHOWN));
    }
    for (int i = 0; i < end; i++) {
      char c = key.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    shown.append(quote);
    return (end < key.length() ? shown.append('…') : shown).toString();
  }
}
