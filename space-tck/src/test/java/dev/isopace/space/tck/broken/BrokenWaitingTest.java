package dev.isopace.space.tck.broken;

import java.util.List;

/** Broken spaces that mistake those who wait. */
class BrokenWaitingTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return BrokenSpace.of(
        WaitingDefect.values(),
        SignalDefect.values(),
        TimeoutDefect.values(),
        InterruptDefect.values());
  }
}
