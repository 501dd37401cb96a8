package dev.isopace.space.tck.broken;

import java.util.List;
import java.util.stream.Stream;

/** Broken spaces that mistake entries, keys or values. */
class BrokenContentTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return Stream.<Flaw[]>of(ContentDefect.values(), KeyDefect.values(), CodecDefect.values())
        .flatMap(Stream::of)
        .map(BrokenSpace::of)
        .toList();
  }
}
