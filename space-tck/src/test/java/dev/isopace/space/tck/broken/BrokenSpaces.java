package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
  /** Of the suite as users run it; what one run misses for bad luck, so many will not. */
  private static final int PATIENT_RUNS = 4;

  @ParameterizedTest(name = "{0}")
  @MethodSource("spaces")
  void aBrokenSpaceFailsTheRuleThatItBreaks(BrokenSpace space) {
    assumeTrue(space.isBrokenHere(), "this JVM has not got what it mistakes");
    // Haste is enough for nearly all of them.
    boolean isNoticed = fails(space, Suite.impatient());
    for (int run = 0; run < PATIENT_RUNS && !isNoticed; run++) {
      isNoticed = fails(space, TckOptions.defaults());
    }
    assertTrue(isNoticed, () -> space + " passes all tests of " + space.rule());
  }

  private static boolean fails(BrokenSpace space, TckOptions options) {
    Events tests = Suite.run(space.uri(), space.rule(), options);
    assertNotEquals(0, tests.started().count(), "no test of " + space.rule());
    return tests.failed().count() > 0;
  }
}
