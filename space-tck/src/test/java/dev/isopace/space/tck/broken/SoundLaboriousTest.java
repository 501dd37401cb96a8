package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.tck.TckOptions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.Events;

/** Who does the same thing hundreds of times may need long for all, if it goes on. */
@Tag("witness")
class SoundLaboriousTest {
  private static final Set<String> TESTS =
      Set.of(
          "FIFO-1 the outs of one thread keep its order among those of others",
          "FIFO-2 the head never moves backwards",
          "FIFO-3 every entry is taken once and none is lost");

  @Test
  void failsNothingThatTakesLong() {
    Events tests =
        Suite.run(
            "sound:LABORIOUS",
            TckOptions.defaults(),
            test -> TESTS.contains(test.getDisplayName()));
    assertEquals(List.of(), Suite.failures(tests));
    assertEquals(TESTS.size(), tests.succeeded().count(), "tests that passed");
  }
}
