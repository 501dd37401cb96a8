package dev.isopace.space.tck.broken;

import java.util.List;

/** Broken spaces that close wrongly, or do not know that they are closed. */
class BrokenClosingTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return BrokenSpace.of(ClosingDefect.values(), ClosedDefect.values());
  }
}
