package dev.isopace.space.tck.broken;

import java.util.List;

/** Broken spaces that mistake keys or values. */
class BrokenArgumentTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return BrokenSpace.of(
        KeyDefect.values(), ValueDefect.values(), CodecDefect.values(), DecodingDefect.values());
  }
}
