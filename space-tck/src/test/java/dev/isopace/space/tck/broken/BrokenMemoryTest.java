package dev.isopace.space.tck.broken;

import java.util.List;

/** Broken spaces that keep what they should forget: a class by itself, since these take longest. */
class BrokenMemoryTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return BrokenSpace.of(MemoryDefect.values());
  }
}
