package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** IN-1 to IN-5: reading. */
abstract class RdRules extends BlockingRules {
  private static final String KEY = "rd";

  @Override
  final Wait untimed() {
    return Wait.RD;
  }

  @Override
  final Wait timed() {
    return Wait.TIMED_RD;
  }

  @Override
  final TimedCall call() {
    return (key, timeout) -> space().rd(key, timeout);
  }

  @Test
  void in1_rdReturnsTheHeadAndLeavesIt() throws InterruptedException {
    space().out(KEY, "1");
    space().out(KEY, "2");
    assertEquals("1", space().rd(KEY), "rd of two entries");
    assertEquals(Optional.of("1"), space().rd(KEY, LONG), "timed rd after a rd");
    assertEquals("1", space().rd(KEY), "rd after a timed rd");
    assertEquals(Optional.of("1"), space().rd(KEY, Duration.ZERO), "rd with timeout 0");
    assertEquals(
        Optional.of("1"), space().rd(KEY, Duration.ofNanos(-1)), "rd with a timeout below 0");
    assertEquals(2, space().len(KEY), "len after entries were only read");
    assertEquals("1", space().in(KEY), "in after entries were only read");
    assertEquals("2", space().rd(KEY), "rd after the first of two was taken");
  }

  @Test
  void in1_severalCallersReadOneEntryThatIsTakenLater() {
    List<Actor<Optional<String>>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(startBlocked(Wait.READS.get(i % 2), KEY));
    }
    space().out(KEY, "1");
    readers.forEach(
        reader -> assertEquals(Optional.of("1"), reader.result(), "what one of 4 readers got"));
    assertEquals(Optional.of("1"), space().inp(KEY), "the entry that was read");
  }
}
