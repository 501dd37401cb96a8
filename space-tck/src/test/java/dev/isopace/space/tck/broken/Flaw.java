package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What can be wrong with a space within a process, and the rule that it breaks. Each is a constant
 * of an enumeration, whose name says what is wrong, and is opened as {@code broken:NAME}.
 */
interface Flaw {
  /** Makes a broken space, which may ignore the codec. */
  interface Maker extends Function<Codec<Object>, Space<Object>> {}

  String name();

  /** The id of the rule that it breaks, be it one of several. */
  String rule();

  Maker maker();

  /** Whether it shows only in a space that copies. */
  default boolean copies() {
    return rule().equals("ARG-4") || rule().equals("ARG-3") || rule().equals("CPY-1");
  }

  @SuppressWarnings("unchecked")
  default <V> Space<V> open(Codec<V> codec) {
    return (Space<V>) maker().apply((Codec<Object>) codec);
  }

  /** All of them. */
  static List<Flaw> all() {
    return Stream.<Flaw[]>of(
            Defect.values(),
            ContentDefect.values(),
            WaitingDefect.values(),
            ClosingDefect.values(),
            KeyDefect.values(),
            CodecDefect.values(),
            ConditionalDefect.values())
        .flatMap(Stream::of)
        .toList();
  }

  static Flaw named(String name) {
    return all().stream()
        .filter(flaw -> flaw.name().equals(name))
        .findAny()
        .orElseThrow(() -> new NoSuchElementException("no broken space has the name " + name));
  }
}
