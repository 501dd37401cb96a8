package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A last batch that is larger than others may be is taken over after a kill")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LargeBatchTest {
  private static final Settings SETTINGS =
      new Settings(
          Settings.Sync.ALWAYS, Duration.ZERO, 0, Settings.SMALLEST_SEGMENT, 2 * Batch.FULL);

  @Test
  @DisplayName("One value of twice the size of a full batch, time and again")
  void largeValue() throws Exception {
    byte[] value = new byte[2 * Batch.FULL];
    value[value.length - 1] = 1;
    SimulatedDisk disk = SimulatedDisk.empty();
    Trace killed;
    try (Store store = Store.open(disk, SETTINGS)) {
      store.push("small", new byte[1]);
      store.push("large", value);
      killed = disk.trace();
    }
    for (int life = 0; life < 3; life++) {
      SimulatedDisk next = SimulatedDisk.afterKill(killed);
      try (Store store = Store.open(next, SETTINGS)) {
        assertArrayEquals(value, store.peek("large").orElseThrow());
        assertEquals(1, store.len("small"));
        killed = next.trace();
      }
    }
  }
}
