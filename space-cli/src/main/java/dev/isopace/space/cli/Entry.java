package dev.isopace.space.cli;

/**
 * The form of the values under the key of the lines.
 *
 * <p>A line never holds a line feed. So a line is written as it is, the rest of a line that was too
 * long for one entry is written behind a line feed, and a line feed alone says that there are no
 * more: {@link TextSplitter} writes no empty rest.
 */
final class Entry {
  static final String END = "\n";

  private static final char REST = '\n';

  private Entry() {}

  static String rest(String text) {
    return REST + text;
  }

  static boolean beginsLine(String entry) {
    return entry.isEmpty() || entry.charAt(0) != REST;
  }
}
