package dev.isopace.space.store;

/**
 * Where a record is, in one number: the id of its segment, a generation bit, the offset.
 *
 * <p>Numbers of entries of one key ascend, except for the generation. It distinguishes two segments
 * of one id: while compaction puts one in the place of another, some entries are still found in the
 * old one.
 */
final class Position {
  private static final int ID_SHIFT = 33;
  private static final long GENERATION = 1L << 32;

  /** At 64 MiB each, segments of 64 PiB have been written then. */
  static final int LARGEST_ID = (1 << 30) - 1;

  static final long LARGEST_OFFSET = GENERATION - 1;

  private Position() {}

  static long of(int id, boolean generation, long offset) {
    return (long) id << ID_SHIFT | (generation ? GENERATION : 0) | offset;
  }

  static int id(long position) {
    return (int) (position >>> ID_SHIFT);
  }

  static boolean generation(long position) {
    return (position & GENERATION) != 0;
  }

  static long offset(long position) {
    return position & LARGEST_OFFSET;
  }

  /** What positions are compared by. */
  static long order(long position) {
    return position & ~GENERATION;
  }
}
