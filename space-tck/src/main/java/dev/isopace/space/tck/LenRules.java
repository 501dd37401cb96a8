package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** PRB-2: counting. */
abstract class LenRules extends Rules {
  private static final String KEY = "len";

  @Test
  void prb2_lenCountsTheEntriesOfItsKey() {
    assertEquals(0, space().len(KEY), "len of a key that never was");
    for (int i = 1; i <= 5; i++) {
      space().out(KEY, "e" + i);
      space().out(KEY + "x", "of another key");
      assertEquals(i, space().len(KEY), "len after " + i + " outs");
    }
    space().rdp(KEY);
    assertEquals(5, space().len(KEY), "len after a read");
    for (int i = 4; i >= 0; i--) {
      space().inp(KEY);
      assertEquals(i, space().len(KEY), "len after a take");
    }
    space().inp(KEY);
    assertEquals(0, space().len(KEY), "len after a probe in vain");
  }

  @Test
  void prb2_lenIsNotCutOff() {
    Stage.Effort effort = stage().effort(rounds(LONG_QUEUE), Duration.ofSeconds(1));
    int count = 0;
    while (effort.goesOnAfter(count)) {
      space().out(KEY, "");
      count++;
    }
    // One by one: a rounded count is right now and then.
    for (int left = count; left >= 0 && left > count - 15; left--) {
      assertEquals(left, space().len(KEY), "len of many entries");
      space().inp(KEY);
    }
  }

  @Test
  void prb2_waitersDoNotCount() {
    for (Wait wait : Wait.ALL) {
      startBlocked(wait, KEY);
      assertEquals(0, space().len(KEY), "len while a caller waits in " + wait);
    }
    space().out(KEY + "x", "1");
    assertEquals(0, space().len(KEY), "len while callers wait");
  }

  @Test
  void prb2_lenIsThatOfOneInstant() {
    int count = rounds(300);
    Stage.Patience moments = stage().moments();
    int most = 3;
    Actor<Boolean> changing =
        start(
            "between none and three entries",
            () -> {
              for (int i = 0; i < count || !moments.isExhausted(); i++) {
                for (int k = 0; k < most; k++) {
                  space().out(KEY, "e" + k);
                }
                for (int k = 0; k < most; k++) {
                  assertEquals(Optional.of("e" + k), space().inp(KEY));
                }
              }
              return true;
            });
    while (!changing.isDone()) {
      long length = space().len(KEY);
      assertTrue(length >= 0 && length <= most, "len is " + length + ", never 0 to " + most);
    }
    changing.result();
  }
}
