package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("While segments are filled, dropped and rewritten all the time, order is kept")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("witness")
final class ChurnTest {
  private static final int STORES = 20;
  private static final int KEYS = 3;
  private static final int EACH = 400;
  private static final int LONGEST_FORCE_MICROS = 400;
  private static final int MOST_LEFT = 40;
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 64 << 10, 4 << 10, Settings.REQUIRED_VALUE);

  /** A disk that takes its time now and then, so that what is on its way stays so for a while. */
  private static final class SlowDisk extends ForwardingDisk {
    SlowDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), false));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public void force() throws IOException {
          int micros = ThreadLocalRandom.current().nextInt(2 * LONGEST_FORCE_MICROS);
          if (micros > LONGEST_FORCE_MICROS) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros - LONGEST_FORCE_MICROS));
          }
          super.force();
        }
      };
    }
  }

  @Test
  @DisplayName("Each entry is taken once, in order, or is there when the store is opened again")
  void churn() throws Exception {
    Random seeds = new Random(Load.seed("churn"));
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      for (int i = 0; i < Load.times(STORES); i++) {
        churn(StoreTckTest.freshDirectory(), seeds.nextLong(), threads);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void churn(Path directory, long seed, ExecutorService threads) throws Exception {
    int[] left = new int[KEYS];
    try (Store store = Store.open(new SlowDisk(directory), SETTINGS)) {
      List<Future<?>> work = new ArrayList<>();
      for (int k = 0; k < KEYS; k++) {
        Random random = new Random(seed + k);
        left[k] = random.nextInt(MOST_LEFT);
        String key = "key " + k;
        int taken = EACH - left[k];
        work.add(threads.submit(producer(store, key, new Random(random.nextLong()))));
        work.add(threads.submit(consumer(store, key, taken)));
      }
      for (Future<?> each : work) {
        each.get(100, TimeUnit.SECONDS);
      }
    }
    try (Store store = Store.open(new SlowDisk(directory), SETTINGS)) {
      for (int k = 0; k < KEYS; k++) {
        for (int i = EACH - left[k]; i < EACH; i++) {
          int next = number(store.pullp("key " + k).orElseThrow());
          assertEquals(i, next, "seed " + seed + ", key " + k);
        }
        assertTrue(store.pullp("key " + k).isEmpty(), "seed " + seed + ", key " + k);
      }
    }
  }

  private static Callable<Void> producer(Store store, String key, Random random) {
    return () -> {
      for (int i = 0; i < EACH; i++) {
        store.push(key, ByteBuffer.allocate(Integer.BYTES + random.nextInt(600)).putInt(i).array());
      }
      return null;
    };
  }

  private static Callable<Void> consumer(Store store, String key, int count) {
    return () -> {
      for (int i = 0; i < count; i++) {
        assertEquals(i, number(store.pull(key, Duration.ofSeconds(60)).orElseThrow()), key);
      }
      return null;
    };
  }

  private static int number(byte[] value) {
    return ByteBuffer.wrap(value).getInt();
  }
}
