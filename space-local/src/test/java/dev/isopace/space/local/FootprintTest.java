package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A key without entries and waiters costs nothing")
final class FootprintTest {
  private static final int KEYS = 1_000_000;

  /** The contract allows 10 MB; the empty hash tables of a million keys would be just below. */
  private static final long ALLOWED = 2_000_000;

  private static final int MOST_COLLECTIONS = 30;

  @ParameterizedTest
  @ValueSource(strings = {Fixtures.REFERENCES, Fixtures.COPIES})
  @DisplayName("A million keys, written, emptied and waited on in vain, leave the heap as it was")
  void aMillionKeys(String uri) throws InterruptedException {
    try (Space<String> space = Fixtures.open(uri)) {
      use(space, KEYS / 100);
      long before = collectDownTo(0);
      use(space, KEYS);
      long after = collectDownTo(before + ALLOWED);
      assertEquals(Set.of(), space.keys());
      System.out.printf("%s: heap %,d B before, %+,d B after%n", uri, before, after - before);
      assertTrue(
          after <= before + ALLOWED, () -> (after - before) + " B are left of " + KEYS + " keys");
      assertEquals(0, space.len("used 0"));
    }
  }

  private static void use(Space<String> space, int keys) throws InterruptedException {
    Duration instant = Duration.ofNanos(1);
    for (int i = 0; i < keys; i++) {
      // No key is used twice: what one kind of use leaves behind, another must not clear away.
      String used = "used " + i;
      space.out(used, "v");
      assertEquals("v", space.in(used));
      String probed = "probed " + i;
      assertEquals(Optional.empty(), space.inp(probed));
      assertEquals(Optional.empty(), space.rdp(probed));
      assertEquals(Optional.empty(), space.in("in vain " + i, instant));
      assertEquals(Optional.empty(), space.rd("read in vain " + i, instant));
    }
    // Now all of them at once.
    for (int i = 0; i < keys; i++) {
      space.out("crowd " + i, "v");
    }
    assertEquals(keys, space.keys().size());
    for (int i = 0; i < keys; i++) {
      assertEquals(Optional.of("v"), space.inp("crowd " + i));
    }
  }

  /** Collects garbage until so little is used, or no collection makes it less. */
  private static long collectDownTo(long goal) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    int inVain = 0;
    for (int i = 0; i < MOST_COLLECTIONS && inVain < 5 && least > goal; i++) {
      System.gc();
      long used = memory.getHeapMemoryUsage().getUsed();
      inVain = used < least - 10_000 ? 0 : inVain + 1;
      least = Math.min(least, used);
    }
    return least;
  }
}
