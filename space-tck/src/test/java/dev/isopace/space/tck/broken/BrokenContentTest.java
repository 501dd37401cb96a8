package dev.isopace.space.tck.broken;

import java.util.List;

/** Broken spaces that mistake what they hold: its order, who gets it, what is seen of it. */
class BrokenContentTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return BrokenSpace.of(
        OrderDefect.values(),
        DeliveryDefect.values(),
        WritingDefect.values(),
        ProbeDefect.values(),
        ListingDefect.values());
  }
}
