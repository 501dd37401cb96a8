package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.store.disk.NioDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Callers that are so many that they look for the outcome before they sleep")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CrowdTest {
  private static final int THREADS = 40 * Runtime.getRuntime().availableProcessors();
  private static final int EACH = 40;
  private static final long LONG_FORCE = TimeUnit.MILLISECONDS.toNanos(3);

  private int forces;

  @Test
  @DisplayName("Each learns it, be the force short, or so long that it sleeps")
  void everybodyReturns(@TempDir Path directory) throws Exception {
    HookedDisk disk = new HookedDisk(new NioDisk(directory, 0, false));
    disk.before =
        (call, file) -> {
          // One at a time: those of the store's own thread are not counted exactly, nor need be.
          if (call.equals(HookedDisk.FORCE) && forces++ % 2 == 0) {
            LockSupport.parkNanos(LONG_FORCE);
          }
        };
    try (Store store = Store.open(disk, Settings.DEFAULT)) {
      List<FutureTask<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String key = "k" + i;
        calls.add(new FutureTask<>(() -> pushAndPull(store, key)));
      }
      calls.forEach(Await::start);
      for (FutureTask<Boolean> call : calls) {
        call.get();
      }
      assertEquals(Set.of(), store.keys());
    }
  }

  private static boolean pushAndPull(Store store, String key) throws Exception {
    for (int i = 0; i < EACH; i++) {
      byte[] value = {(byte) i};
      store.push(key, value);
      assertArrayEquals(value, store.pull(key, Duration.ZERO).orElseThrow());
    }
    return true;
  }
}
