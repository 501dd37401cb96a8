package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("simulated")
@DisplayName("No bit of a store can change without being noticed where it matters")
final class StoreBitFlipTest {
  private static final Workload WORKLOAD = new Workload(4711, 1, 40, 60, 0);

  private static void assertNoticed(Trace trace, String what) throws Exception {
    BitFlips flips = new BitFlips(new StoreSubject(), trace);
    flips.run(BitFlips.written(trace), 1);
    System.out.println(flips.summary(what));
    assertTrue(flips.tally.isClean(), flips.tally.details());
    assertNotEquals(0, flips.refused);
  }

  @Test
  @DisplayName("A store that was closed")
  void closed() throws Exception {
    assertNoticed(WORKLOAD.run(new StoreSubject(), Wrapping.NONE), "closed store");
  }

  @Test
  @DisplayName("A store whose process was killed")
  void killed() throws Exception {
    assertNoticed(WORKLOAD.runAndKill(new StoreSubject()), "killed store");
  }
}
