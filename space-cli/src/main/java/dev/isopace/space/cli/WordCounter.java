package dev.isopace.space.cli;

/**
 * Counts words as {@code wc -w} of GNU coreutils 9.1 does in a UTF-8 locale of glibc.
 *
 * <p>There, a character is one of three. A <em>separator</em> ends a word. A <em>word
 * character</em> begins one, or goes on with it. All others are <em>invisible</em>: they neither
 * begin a word nor end one. What belongs where was found by asking {@code wc} about every code
 * point:
 *
 * <ul>
 *   <li>separators: tab, line feed, vertical tab, form feed, carriage return; all of category Zs,
 *       no-break spaces included; and U+2060, WORD JOINER, of all things;
 *   <li>invisible: the other control characters (Cc), U+2028 (Zl), U+2029 (Zp), surrogates (Cs),
 *       and code points that are not assigned (Cn); likewise bytes that are not UTF-8, which {@link
 *       TextSplitter} leaves out;
 *   <li>word characters: all others. Among them are lone combining marks, format characters such as
 *       U+200B and U+FEFF, private use, and U+FFFD.
 * </ul>
 *
 * <p>Which code points are assigned depends on the version of Unicode: glibc has its own, and each
 * JDK another (13 in JDK 17, 16 in JDK 25). About younger characters the two may disagree. Other
 * versions of coreutils may count what is invisible here as a word.
 */
final class WordCounter {
  private enum Kind {
    INVISIBLE,
    SEPARATOR,
    WORD
  }

  private static final char WORD_JOINER = '\u2060';

  private WordCounter() {}

  static long count(String text) {
    long words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      // Nearly all of nearly every text, without a look into the tables.
      if (c > ' ' && c < 0x7f) {
        i++;
        if (!inWord) {
          words++;
          inWord = true;
        }
        continue;
      }
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      Kind kind = kind(codePoint);
      if (kind == Kind.SEPARATOR) {
        inWord = false;
      } else if (kind == Kind.WORD && !inWord) {
        words++;
        inWord = true;
      }
    }
    return words;
  }

  static boolean isSeparator(int codePoint) {
    return kind(codePoint) == Kind.SEPARATOR;
  }

  static boolean isWordCharacter(int codePoint) {
    return kind(codePoint) == Kind.WORD;
  }

  private static Kind kind(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.SPACE_SEPARATOR -> Kind.SEPARATOR;
      case Character.CONTROL ->
          codePoint >= '\t' && codePoint <= '\r' ? Kind.SEPARATOR : Kind.INVISIBLE;
      case Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          Kind.INVISIBLE;
      default -> codePoint == WORD_JOINER ? Kind.SEPARATOR : Kind.WORD;
    };
  }
}
