package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.isopace.space.tck.TckOptions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.Events;

/**
 * The suite passes spaces of which each call takes milliseconds, or close seconds. They take
 * minutes for all of it, and so are run here by what they would fail if they were not waited for;
 * see {@link SoundSpacesProof}.
 */
@Tag("witness")
class SoundLateTest {
  private static final double LOAD = 0.1;

  /** Those that go by who waits when. */
  private static final Set<String> RULES = Set.of("OUT-2", "IN-6", "IN-8", "CPY-1");

  /** Those that do the same thing hundreds of times. */
  private static final Set<String> TESTS =
      Set.of(
          "FIFO-1 the outs of one thread keep its order among those of others",
          "FIFO-2 the head never moves backwards",
          "FIFO-3 every entry is taken once and none is lost");

  @Test
  void oneThatSleepsBeforeItWaits() {
    requireSoundness("sound:SLEEPING?copy=true");
  }

  @Test
  void oneThatWaitsForSomethingElseBefore() {
    requireSoundness("sound:TRAVELLING?copy=true");
  }

  private static void requireSoundness(String uri) {
    for (String rule : RULES) {
      Events tests = Suite.run(uri, rule, TckOptions.defaults().withLoad(LOAD));
      assertEquals(List.of(), Suite.failures(tests), rule);
      assertNotEquals(0, tests.succeeded().count(), "tests of " + rule + " that passed");
    }
  }

  @Test
  void oneThatTakesLongForEachChange() {
    Events tests =
        Suite.run(
            "sound:LABORIOUS",
            TckOptions.defaults(),
            test -> TESTS.contains(test.getDisplayName()));
    assertEquals(List.of(), Suite.failures(tests));
    assertEquals(TESTS.size(), tests.succeeded().count(), "tests that passed");
  }

  /** The contract bounds how long the waiters sleep, and not how long close takes. */
  @Test
  void oneThatTakesLongToClose() {
    Events tests =
        Suite.run("sound:CLOSING_SLOWLY?copy=true", "CLS-1", TckOptions.defaults().withLoad(LOAD));
    assertEquals(List.of(), Suite.failures(tests));
    assertNotEquals(0, tests.succeeded().count(), "tests that passed");
  }
}
