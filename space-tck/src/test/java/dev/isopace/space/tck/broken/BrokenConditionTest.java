package dev.isopace.space.tck.broken;

import java.util.List;
import java.util.stream.Stream;

/** Broken spaces that are sound unless a size, a number or a way of calling is met. */
class BrokenConditionTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return Stream.of(ConditionalDefect.values()).map(BrokenSpace::of).toList();
  }
}
