package dev.isopace.space.tck;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Keys that some representations confuse with others or cannot hold. */
final class AwkwardKeys {
  /** The length, in bytes of UTF-8, up to which every space takes keys. */
  static final int LONGEST = 512;

  /** Text that separates, ends or matches names: in files, subjects, URIs, lists and shells. */
  private static final String[] SEPARATORS = {
    "", ".", "..", "...", "a.b", "a..b", ".a", "a.", "/", "a/b", "/a", "../a", "a//b", "/a/", "\\",
    "a\\b", "*", ">", "a.*", "a.>", "$JS", "_", "-", "#", "?", "&", "=", "a=b", "'", "\"", "a:b",
    "a,b", "a;b",
  };

  /** Keys that end as one does to which a space has appended a number of its own. */
  private static final String[] NUMBERED = {
    "a:1", "a/1", "a.1", "a-1", "a#1", "a@1", "a_1", "a|1", "a 1", "a:0000000001",
  };

  /** Text that looks encoded, or like a placeholder. */
  private static final String[] ENCODED = {
    "%", "%2E", "%2F", "a%2Fb", "a%2fb", "%252F", "%2A", "%3E", "%00", "a%20b", "+", "a+b", "a\\tb",
    "\\n", "\\u0000", "null", "1", "01",
  };

  /** Names that a space may use itself, for its files or its tables, and names of devices. */
  private static final String[] RESERVED = {
    "lock",
    ".lock",
    "LOCK",
    "index",
    "meta",
    "metadata",
    "log",
    "a.log",
    "tmp",
    "a.tmp",
    "data",
    "keys",
    "len",
    "con",
    "nul",
    "NUL",
    "aux",
  };

  /** Invisible text: spaces, which some trim, control characters, and non-characters. */
  private static final String[] UNSEEN = {
    " ", "  ", " a", "a ", "\t", "\n", "\r", "\r\n", "\u0000", "\u0001", "\33[0m", "\u007f",
    "\u0085", "\u00A0", "\u2028", "\uE000", "\uFEFF", "\uFFFD", "\uFFFE", "\uFFFF",
  };

  /** Text that some leave out, or end at, in the middle of a key. */
  private static final String[] UNSEEN_INSIDE = {
    " ", "\t", "\n", "\r", "\r\n", "\u0000", "\u00A0", "\u00AD", "\u200B", "\u200C", "\u200D",
    "\u2060", "\u3000", "\uFE00", "\uFE01", "\uFE02", "\uFE03", "\uFE04", "\uFE05", "\uFE06",
    "\uFE07", "\uFE08", "\uFE09", "\uFE0A", "\uFE0B", "\uFE0C", "\uFE0D", "\uFE0E", "\uFE0F",
  };

  /** Texts that are equal once they are folded, normalised or hashed, or that look equal. */
  private static final String[] ALIKE = {
    "a", "A", "b", "ab", "Aa", "BB", "AaBB", "BBAa", "é", "e\u0301", "É", "ß", "ss", "SS", "ı", "I",
    "i", "K", "\u212A", "\u00C5", "\u212B", "\uFB01", "fi", "\u2460", "\uFF21", "\u03C2", "\u03C3",
    "\u03A3", "日本語", "中国語", "🚀", "🚀🚀",
  };

  private AwkwardKeys() {}

  /** Returns all of them, and a key of random characters. */
  static List<String> all(Random random) {
    List<String> keys = new ArrayList<>();
    for (String[] some : List.of(SEPARATORS, NUMBERED, ENCODED, RESERVED, UNSEEN, ALIKE)) {
      Collections.addAll(keys, some);
    }
    for (String unseen : UNSEEN_INSIDE) {
      keys.add("a" + unseen + "b");
    }
    keys.add(Character.toString(Character.MAX_CODE_POINT));
    keys.addAll(longest());
    keys.add(random(random));
    return keys;
  }

  /** Returns keys of the greatest length that differ at one place only. */
  private static List<String> longest() {
    return List.of(
        "a".repeat(LONGEST),
        "a".repeat(LONGEST - 1),
        "a".repeat(LONGEST - 1) + "b",
        "b" + "a".repeat(LONGEST - 1),
        "a".repeat(LONGEST / 2 - 1) + "b" + "a".repeat(LONGEST / 2),
        "a".repeat(LONGEST / 2) + "b" + "a".repeat(LONGEST / 2 - 1),
        "é".repeat(LONGEST / 2),
        "日".repeat(LONGEST / 3),
        "🚀".repeat(LONGEST / 4),
        "🚀".repeat(LONGEST / 4 - 1) + "🚁",
        ".".repeat(LONGEST),
        " ".repeat(LONGEST),
        "*".repeat(LONGEST));
  }

  private static String random(Random random) {
    StringBuilder key = new StringBuilder();
    while (key.length() < 100) {
      int point = random.nextInt(Character.MAX_CODE_POINT + 1);
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        key.appendCodePoint(point);
      }
    }
    return key.toString();
  }
}
