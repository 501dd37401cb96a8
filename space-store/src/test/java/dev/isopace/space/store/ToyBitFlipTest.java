package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The proof by flipped bits finds nothing in a correct log, and the flaws in others")
final class ToyBitFlipTest {
  private static BitFlips flip(Subject subject) throws Exception {
    Trace trace = new Workload(4711, 1, 40, 100, 20).run(subject, Wrapping.NONE);
    BitFlips flips = new BitFlips(subject, trace);
    flips.run(BitFlips.written(trace), 1);
    System.out.println(flips.summary("toy"));
    return flips;
  }

  @Test
  @DisplayName("A correct log never shows anything wrong")
  void correct() throws Exception {
    BitFlips flips = flip(ToyLog.with());
    assertTrue(flips.tally.isClean(), flips.tally.details());
    assertNotEquals(0, flips.refused);
    assertNotEquals(0, flips.cut);
    assertEquals(flips.tally.explored, flips.refused + flips.cut);
  }

  @ParameterizedTest
  @EnumSource(
      value = ToyLog.Flaw.class,
      names = {"IGNORES_CHECKSUMS", "TAKES_DAMAGE_FOR_TORN_TAIL"})
  @DisplayName("A log that shows or drops what is damaged is caught")
  void weakened(ToyLog.Flaw flaw) throws Exception {
    assertFalse(flip(ToyLog.with(flaw)).tally.isClean());
  }
}
