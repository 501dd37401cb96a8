package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/**
 * What can be wrong with a space within a process, and the rule that it breaks. Each is a constant
 * of an enumeration, whose name says what is wrong, and is opened as {@code broken:NAME}.
 */
interface Flaw {
  String name();

  Recipe recipe();

  /** The id of the rule that it breaks, be it one of several. */
  default String rule() {
    return recipe().rule();
  }

  @SuppressWarnings("unchecked")
  default <V> Space<V> open(Codec<V> codec) {
    return (Space<V>) recipe().maker().apply((Codec<Object>) codec);
  }

  /** All of them. */
  static List<Flaw> all() {
    return of(
        OrderDefect.values(),
        DeliveryDefect.values(),
        WritingDefect.values(),
        WaitingDefect.values(),
        SignalDefect.values(),
        TimeoutDefect.values(),
        InterruptDefect.values(),
        ProbeDefect.values(),
        ListingDefect.values(),
        MemoryDefect.values(),
        ClosingDefect.values(),
        ClosedDefect.values(),
        KeyDefect.values(),
        ValueDefect.values(),
        CodecDefect.values(),
        DecodingDefect.values());
  }

  /** Those of some enumerations. */
  static List<Flaw> of(Flaw[]... enumerations) {
    return Stream.of(enumerations).flatMap(Stream::of).toList();
  }

  static Flaw named(String name) {
    return all().stream()
        .filter(flaw -> flaw.name().equals(name))
        .findAny()
        .orElseThrow(() -> new NoSuchElementException("no broken space has the name " + name));
  }
}
