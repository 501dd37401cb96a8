package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import java.util.Set;
import java.util.function.Function;

/**
 * How a broken space is made.
 *
 * @param rule the id of the rule that it breaks, be it one of several
 * @param capabilities what it promises: COPYING, if what is wrong shows only in a space that copies
 * @param maker makes it
 */
record Recipe(String rule, Set<Capability> capabilities, Maker maker) {
  /** Makes a broken space, which may ignore the codec. */
  interface Maker extends Function<Codec<Object>, Space<Object>> {}

  /** About what becomes of values on their way through the codec: without copies there is none. */
  private static final Set<String> RULES_OF_COPIES = Set.of("ARG-3", "ARG-4", "CPY-1");

  static Recipe of(String rule, Maker maker) {
    return RULES_OF_COPIES.contains(rule)
        ? copying(rule, maker)
        : new Recipe(rule, Set.of(), maker);
  }

  /** Of a space that copies, although the rule is for others, too. */
  static Recipe copying(String rule, Maker maker) {
    return new Recipe(rule, Set.of(Capability.COPYING), maker);
  }
}
