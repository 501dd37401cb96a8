package dev.isopace.space.tck.broken;

import java.util.List;
import java.util.stream.Stream;

/** Broken spaces that mistake waiters, or close wrongly. */
class BrokenWaitingTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return Stream.<Flaw[]>of(WaitingDefect.values(), ClosingDefect.values())
        .flatMap(Stream::of)
        .map(BrokenSpace::of)
        .toList();
  }
}
