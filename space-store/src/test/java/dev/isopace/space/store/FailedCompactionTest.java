package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What cannot be compacted keeps nothing else from it, and is tried again")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailedCompactionTest {
  private static final int SEGMENT = 64 << 10;
  private static final int SEGMENTS = 12;
  private static final byte[] VALUE = new byte[1000];
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.NEVER, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);
  private static final String COMPACTED = "compacted";

  private final Path directory = StoreTckTest.freshDirectory();

  /** Of each ten entries, so many are kept. */
  private static void fill(Store store, int kept) throws IOException {
    push(store, kept);
    take(store);
  }

  private static void push(Store store, int kept) throws IOException {
    for (int i = 0; i < SEGMENTS * SEGMENT / VALUE.length; i++) {
      store.push(i % 10 < kept ? "kept" : "taken", VALUE);
    }
  }

  private static void take(Store store) throws IOException {
    while (store.pullp("taken").isPresent()) {}
  }

  @Test
  @DisplayName("Two damaged segments are told of, once all others are compacted")
  void damage() throws IOException {
    try (NioDisk disk = new NioDisk(directory, 0, false);
        Store store = Store.open(disk, SETTINGS)) {
      fill(store, 6);
      damageKept(1);
      damageKept(7);
      CorruptLogException damage = assertThrows(CorruptLogException.class, store::compact);
      assertEquals(disk.show(Segment.name(1)), damage.file());
      assertEquals(1, damage.getSuppressed().length, () -> Failures.show(damage));
      List<String> left =
          disk.list().stream().filter(name -> Segment.NAME.matcher(name).matches()).toList();
      long rewritten = left.stream().filter(name -> name.contains("-")).count();
      assertTrue(rewritten >= SEGMENTS / 2, () -> "these are left: " + left);
    }
  }

  @Test
  @DisplayName("What is reclaimed on either side of a damaged segment is not held up by it")
  void neighboursOfDamage() throws IOException {
    try (NioDisk disk = new NioDisk(directory, 0, false);
        Store store = Store.open(disk, SETTINGS)) {
      push(store, 2);
      damageKept(3);
      take(store);
      assertThrows(CorruptLogException.class, store::compact);
      // Others have names of their own once they are rewritten.
      List<String> left =
          disk.list().stream()
              .filter(name -> name.compareTo(Segment.name(SEGMENTS - 2)) < 0)
              .filter(name -> name.endsWith(".log") && !name.contains("-"))
              .toList();
      assertEquals(List.of(Segment.name(3)), left);
    }
  }

  /** Damages the first entry that is kept. */
  private void damageKept(int id) throws IOException {
    Path segment = directory.resolve(Segment.name(id));
    byte[] bytes = Files.readAllBytes(segment);
    int at = Format.HEADER;
    while (Format.keyLength(bytes, at) != "kept".length()) {
      at += Format.recordLength(bytes, at);
    }
    // No more than that: the store has the file open.
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(at + Format.PREFIX + 500);
      file.write(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Settings.Sync.class)
  @DisplayName("What has failed in the background is tried again although nobody uses the store")
  void again(Settings.Sync sync) throws Exception {
    HookedDisk disk = new HookedDisk(new NioDisk(directory, 0, false));
    AtomicInteger failures = new AtomicInteger();
    CountDownLatch failed = new CountDownLatch(2);
    CountDownLatch succeeded = new CountDownLatch(1);
    disk.before =
        (call, file) -> {
          // At once, and once more when the reserve was given up for it.
          if (call.equals(HookedDisk.CREATE)
              && file.startsWith(COMPACTED)
              && failures.incrementAndGet() <= 2) {
            failed.countDown();
            throw new IOException("No space left on device");
          }
        };
    disk.after =
        (call, file) -> {
          if (call.equals(HookedDisk.RENAME) && file.startsWith(COMPACTED)) {
            succeeded.countDown();
          }
        };
    try (Store store = Store.open(disk, SETTINGS.withSync(sync, Duration.ofDays(1)))) {
      fill(store, 1);
      assertTrue(failed.await(30, TimeUnit.SECONDS), "nothing was compacted");
      assertTrue(succeeded.await(10, TimeUnit.SECONDS), "nothing was tried again");
    }
  }
}
