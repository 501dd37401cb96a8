package dev.isopace.space.cli;

/**
 * The result of a count.
 *
 * @param entries taken from the space: one for each line, and more for a very long one
 * @param lines counted by their beginnings
 * @param words as {@link WordCounter} counts them
 */
record Tally(long entries, long lines, long words) {
  static final Tally NONE = new Tally(0, 0, 0);

  Tally plus(Tally other) {
    return new Tally(entries + other.entries, lines + other.lines, words + other.words);
  }

  /** Returns the tally as the value of an entry. */
  String encode() {
    return entries + " " + lines + " " + words;
  }

  static Tally decode(String value) {
    String[] parts = value.split(" ", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a tally: '" + value + "'");
    }
    return new Tally(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }
}
