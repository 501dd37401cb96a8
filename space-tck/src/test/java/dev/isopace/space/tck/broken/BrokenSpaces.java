package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.testkit.engine.Events;

/**
 * A suite that cannot fail proves nothing: each broken space fails the rule that it breaks. Several
 * classes have a part of them each, so that they can be run at the same time.
 */
@Tag("broken")
abstract class BrokenSpaces {
  @ParameterizedTest(name = "{0}")
  @MethodSource("spaces")
  void aBrokenSpaceFailsTheRuleThatItBreaks(BrokenSpace space) {
    Events tests = Suite.run(space.uri(), space.rule(), Suite.impatient());
    assertNotEquals(0, tests.started().count(), "no test of " + space.rule());
    assertNotEquals(
        0, tests.failed().count(), space + " passes all " + tests.started().count() + " tests");
  }
}
