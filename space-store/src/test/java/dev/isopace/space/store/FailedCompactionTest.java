package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
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
      assertEquals(List.of(Segment.name(3)), notRewritten(disk));
    }
  }

  @Test
  @DisplayName("A segment that the device cannot read is left alone, and the rest compacted")
  void unreadable() throws IOException {
    try (BadDisk disk = new BadDisk(directory);
        Store store = Store.open(disk, SETTINGS)) {
      push(store, 2);
      disk.badAt = firstKept(BadDisk.ID);
      take(store);
      CorruptLogException damage = assertThrows(CorruptLogException.class, store::compact);
      assertTrue(damage.getMessage().contains("cannot be read there: " + BadDisk.ERROR));
      assertEquals(List.of(Segment.name(BadDisk.ID)), notRewritten(disk));
    }
  }

  /** A disk of which one sector cannot be read. */
  private static final class BadDisk extends ForwardingDisk {
    static final int ID = 3;
    static final String ERROR = "Input/output error";

    private final AtomicInteger made = new AtomicInteger();
    volatile long badAt = Long.MAX_VALUE;

    BadDisk(Path directory) throws IOException {
      super(new NioDisk(directory, 0, false));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      boolean isBad = name.startsWith("segment") && made.incrementAndGet() == ID;
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public int read(ByteBuffer buffer, long at) throws IOException {
          if (isBad && at <= badAt && badAt - at < buffer.remaining()) {
            throw new IOException(ERROR);
          }
          return super.read(buffer, at);
        }
      };
    }
  }

  /** Of the segments that were full: others have names of their own once they are rewritten. */
  private static List<String> notRewritten(Disk disk) throws IOException {
    return disk.list().stream()
        .filter(name -> name.compareTo(Segment.name(SEGMENTS - 2)) < 0)
        .filter(name -> name.endsWith(".log") && !name.contains("-"))
        .toList();
  }

  /** Damages the first entry that is kept. */
  private void damageKept(int id) throws IOException {
    // No more than that: the store has the file open.
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve(Segment.name(id)).toFile(), "rw")) {
      file.seek(firstKept(id));
      file.write(1);
    }
  }

  /** Where the middle is of the first entry that is kept. */
  private long firstKept(int id) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(Segment.name(id)));
    int at = Format.HEADER;
    while (Format.keyLength(bytes, at) != "kept".length()) {
      at += Format.recordLength(bytes, at);
    }
    return (long) at + Format.PREFIX + VALUE.length / 2;
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
