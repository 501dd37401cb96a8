package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.testkit.engine.Events;

/** A space that calls the codec under its lock breaks ARG-4, and is not said to lose entries. */
@Tag("broken")
class BrokenOnceTest {
  @ParameterizedTest
  @EnumSource(
      value = CodecDefect.class,
      names = {"DECODES_UNDER_ITS_LOCK", "DECODES_UNDER_ITS_LOCK_FOR_WHO_WAITED"})
  void whoDecodesUnderALockKeepsFifo3(CodecDefect defect) {
    String uri = BrokenSpace.of(new Flaw[] {defect}).get(0).uri();
    Events tests =
        Suite.run(
            uri,
            Suite.impatient(),
            test -> test.getDisplayName().matches("FIFO-3 .* while one decodes it .*"));
    assertEquals(List.of(), Suite.failures(tests));
    assertNotEquals(0, tests.succeeded().count(), "tests that passed");
  }
}
