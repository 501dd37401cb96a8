package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** What can be wrong with a space that several handles lead to; a constant of an enumeration. */
interface SharedFlaw {
  String name();

  /** The id of the rule that it breaks, be it one of several. */
  String rule();

  <V> Space<V> open(String uri, int port, String name, Codec<V> codec);

  /** All of them. */
  static List<SharedFlaw> all() {
    return Stream.<SharedFlaw[]>of(SharedDefect.values(), HandleDefect.values())
        .flatMap(Stream::of)
        .toList();
  }

  static SharedFlaw named(String name) {
    return all().stream()
        .filter(flaw -> flaw.name().equals(name))
        .findAny()
        .orElseThrow(() -> new NoSuchElementException("no broken space has the name " + name));
  }
}
