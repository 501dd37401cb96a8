package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.tck.TckOptions;
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
    // Haste may miss what only bad luck shows: the verdict is that of the suite as users run it.
    assertTrue(
        fails(space, Suite.impatient()) || fails(space, TckOptions.defaults()),
        () -> space + " passes all tests of " + space.rule());
  }

  private static boolean fails(BrokenSpace space, TckOptions options) {
    Events tests = Suite.run(space.uri(), space.rule(), options);
    assertNotEquals(0, tests.started().count(), "no test of " + space.rule());
    return tests.failed().count() > 0;
  }
}
