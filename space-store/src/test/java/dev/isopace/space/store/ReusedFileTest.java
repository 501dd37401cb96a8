package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.isopace.space.store.disk.Disk.Mode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A file that is used again is the one that has the name")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReusedFileTest {
  private static final int SEGMENT = 4 << 10;
  private static final int ROUNDS = 60;
  private static final int PUSHED = 6;
  private static final int PULLED = 4;

  @Test
  void noNameIsUsedTwiceInOneLife() throws IOException {
    SimulatedDisk disk = SimulatedDisk.empty();
    Spares spares = new Spares(disk, true, 1);
    assertNotEquals(free(disk, spares), free(disk, spares));
  }

  private static String free(SimulatedDisk disk, Spares spares) throws IOException {
    disk.open(Segment.name(1), Mode.CREATE).close();
    return spares.free(Segment.name(1));
  }

  /** Files of an earlier life wait for their turn while larger ones are made at once. */
  @ParameterizedTest
  @EnumSource(names = {"ALWAYS", "NEVER"})
  void largeValuesAfterAKill(Settings.Sync sync) throws IOException {
    Settings settings = new Settings(sync, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);
    DiskState killed = killed(settings);
    for (int round = 0; round < ROUNDS; round++) {
      SimulatedDisk disk = SimulatedDisk.after(killed);
      try (Store store = Store.open(disk, settings)) {
        for (int i = 0; i < PUSHED; i++) {
          store.push("k", value(i));
          if (i < PULLED) {
            assertArrayEquals(value(i), store.pullp("k").orElseThrow());
          }
        }
      }
      try (Store store = Store.open(SimulatedDisk.afterKill(disk.trace()), settings)) {
        for (int i = PULLED; i < PUSHED; i++) {
          assertArrayEquals(value(i), store.pullp("k").orElseThrow(), "round " + round);
        }
        assertEquals(0, store.len("k"));
      }
    }
  }

  /** A store that was killed as soon as it had prepared its segments. */
  private static DiskState killed(Settings settings) throws IOException {
    SimulatedDisk disk = SimulatedDisk.empty();
    try (Store store = Store.open(disk, settings)) {
      store.push("k", new byte[10]);
      store.pullp("k");
      Await.until("segments are prepared", () -> names(disk) > Spares.WANTED);
      return disk.trace().image().written();
    }
  }

  private static long names(SimulatedDisk disk) throws IOException {
    return disk.list().stream().filter(name -> Segment.NAME.matcher(name).matches()).count();
  }

  private static byte[] value(int number) {
    byte[] value = new byte[SEGMENT + 100];
    value[0] = (byte) number;
    return value;
  }
}
