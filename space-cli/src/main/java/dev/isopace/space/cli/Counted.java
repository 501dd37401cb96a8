package dev.isopace.space.cli;

/** Numbers of things in messages, without grouping, so that tools find them. */
final class Counted {
  private Counted() {}

  static String entries(long count) {
    return count == 1 ? "1 entry" : count + " entries";
  }

  static String bytes(long count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }

  static String segments(long count) {
    return count == 1 ? "1 segment" : count + " segments";
  }
}
