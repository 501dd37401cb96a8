package dev.isopace.space.tck;

import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What a process writes of every kind, as far as its time allows, before it is killed: one entry of
 * each of some awkward keys, and entries of {@link #KEY}. Each value follows from its number.
 */
record Stock(List<String> keys, int entries) {
  /** The key of which there are many entries. */
  static final String KEY = "stock";

  /** Returns awkward keys in a random order: whoever is slow writes a few of any kind. */
  static List<String> keys(long seed) {
    Random random = new Random(seed);
    List<String> keys = AwkwardKeys.all(random);
    Collections.shuffle(keys, random);
    return keys.stream().distinct().toList();
  }

  /** Returns each value twice in a row, and an empty one each other time. */
  static String value(int number) {
    return number / 2 % 2 == 0 ? "" : "e" + number / 4;
  }
}
