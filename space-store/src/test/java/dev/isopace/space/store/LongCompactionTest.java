package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Whoever appends does not wait for the end of a compaction, however long that takes")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LongCompactionTest {
  private static final int SEGMENT = 64 << 10;
  private static final int SEGMENTS = 40;
  private static final int APPENDED_SEGMENTS = 5;
  private static final Duration INTERVAL = Duration.ofMillis(1);
  private static final byte[] VALUE = new byte[1000];
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.NEVER, Duration.ZERO, 64 << 20, SEGMENT, Settings.REQUIRED_VALUE);

  /** Lets compaction dawdle, segment by segment, until all has been appended. */
  private static final class DawdlingDisk extends ForwardingDisk {
    final CountDownLatch begun = new CountDownLatch(1);
    volatile boolean isAppended;
    volatile int rewritten;
    final AtomicInteger forcesOfLog = new AtomicInteger();

    DawdlingDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), true));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      Handle opened = super.open(name, mode);
      return name.startsWith("compacted")
          ? opened
          : new ForwardingHandle(opened) {
            @Override
            public void force() throws IOException {
              super.force();
              forcesOfLog.incrementAndGet();
            }
          };
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by the store's own thread alone
    public void rename(String from, String to) throws IOException {
      super.rename(from, to);
      if (from.startsWith("compacted")) {
        begun.countDown();
        rewritten++;
        if (!isAppended) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
      }
    }
  }

  @Test
  @DisplayName("Segments are prepared between those that are rewritten")
  void segmentsAreStillPrepared() throws Exception {
    DawdlingDisk disk = new DawdlingDisk(StoreTckTest.freshDirectory());
    try (Store store = Store.open(disk, SETTINGS)) {
      fill(store);
      CompletableFuture<Void> compaction = CompletableFuture.runAsync(() -> compact(store));
      assertTrue(disk.begun.await(30, TimeUnit.SECONDS), "nothing was rewritten");
      for (int size = 0; size < APPENDED_SEGMENTS * SEGMENT; size += VALUE.length) {
        store.push("appended", VALUE);
      }
      int rewritten = disk.rewritten;
      disk.isAppended = true;
      compaction.get(30, TimeUnit.SECONDS);
      assertTrue(
          rewritten < disk.rewritten,
          "all " + rewritten + " segments were rewritten before the last entry was appended");
    }
  }

  @Test
  @DisplayName("What is to be forced at intervals is forced between those that are rewritten")
  void intervalsAreKept() throws Exception {
    DawdlingDisk disk = new DawdlingDisk(StoreTckTest.freshDirectory());
    try (Store store = Store.open(disk, SETTINGS.withSync(Settings.Sync.INTERVAL, INTERVAL))) {
      fill(store);
      CompletableFuture<Void> compaction = CompletableFuture.runAsync(() -> compact(store));
      assertTrue(disk.begun.await(30, TimeUnit.SECONDS), "nothing was rewritten");
      int forces = disk.forcesOfLog.get();
      store.push("appended", VALUE);
      while (disk.forcesOfLog.get() == forces) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      int rewritten = disk.rewritten;
      disk.isAppended = true;
      compaction.get(30, TimeUnit.SECONDS);
      assertTrue(
          rewritten < disk.rewritten,
          "all " + rewritten + " segments were rewritten before the log was forced");
    }
  }

  @Test
  @DisplayName("A store is closed in the middle of a segment that is being rewritten")
  void closedMeanwhile() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    HookedDisk disk = new HookedDisk(new NioDisk(StoreTckTest.freshDirectory(), 0, false));
    disk.before =
        (call, file) -> {
          if (file.startsWith("compacted") && call.equals(HookedDisk.WRITE)) {
            begun.countDown();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
          }
        };
    Store store = Store.open(disk, SETTINGS.withSegmentSize(16 << 20));
    for (int i = 0; i < 16_000; i++) {
      store.push(i % 2 == 0 ? "kept" : "taken", VALUE);
    }
    while (store.pullp("taken").isPresent()) {}
    CompletableFuture<Void> compaction = CompletableFuture.runAsync(() -> compact(store));
    assertTrue(begun.await(30, TimeUnit.SECONDS), "nothing was rewritten");
    long since = System.nanoTime();
    store.close();
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
    // What is left of it takes more than twenty.
    assertTrue(seconds < 10, "closing took " + seconds + " s");
    assertThrows(ExecutionException.class, compaction::get);
  }

  /** Takes its time to delete and to close a file, and counts how often the log is forced then. */
  private static final class SlowlyDeletingDisk extends ForwardingDisk {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    final Pauses deletions = new Pauses();
    final Pauses closures = new Pauses();
    private final AtomicInteger forces = new AtomicInteger();
    volatile boolean isSlow = true;

    /** How many calls there were, and how many with a force since the one before. */
    private final class Pauses {
      final AtomicInteger count = new AtomicInteger();
      final AtomicInteger forced = new AtomicInteger();
      private int before;

      /** On the store's own thread alone. */
      void pause() {
        int now = forces.get();
        if (count.getAndIncrement() > 0 && now > before) {
          forced.incrementAndGet();
        }
        before = now;
        LockSupport.parkNanos(PAUSE);
      }
    }

    SlowlyDeletingDisk(Path directory) throws IOException {
      super(new NioDisk(directory, 0, false));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public void force() throws IOException {
          super.force();
          forces.incrementAndGet();
        }

        @Override
        public void close() throws IOException {
          super.close();
          if (isSlow) {
            closures.pause();
          }
        }
      };
    }

    @Override
    public void rename(String from, String to) throws IOException {
      awaitRelease(from);
      super.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      awaitRelease(name);
      super.delete(name);
      deletions.pause();
    }

    /** When the first segment goes, until others are to go with it. */
    private void awaitRelease(String name) {
      if (Segment.NAME.matcher(name).matches()) {
        begun.countDown();
        for (boolean isReleased = false; !isReleased; ) {
          try {
            isReleased = released.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the store's thread", e);
          }
        }
      }
    }
  }

  @Test
  @DisplayName("What is to be forced at intervals is forced between files that are deleted")
  void intervalsAreKeptWhileManyAreDeleted() throws Exception {
    SlowlyDeletingDisk disk = new SlowlyDeletingDisk(StoreTckTest.freshDirectory());
    byte[] large = new byte[SEGMENT / 2 - 1000];
    try (Store store = Store.open(disk, SETTINGS.withSync(Settings.Sync.INTERVAL, INTERVAL))) {
      for (int i = 0; i < 2 * SEGMENTS; i++) {
        store.push("taken", large);
      }
      for (int i = 0; i < 4; i++) {
        store.pullp("taken");
      }
      assertTrue(disk.begun.await(30, TimeUnit.SECONDS), "nothing was deleted");
      while (store.pullp("taken").isPresent()) {}
      disk.released.countDown();
      while (disk.closures.count.get() < SEGMENTS / 2) {
        store.push("appended", new byte[1]);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      assertTrue(
          disk.deletions.forced.get() > SEGMENTS / 4 && disk.closures.forced.get() > SEGMENTS / 4,
          disk.deletions.forced
              + " forces between "
              + disk.deletions.count
              + " deletions, "
              + disk.closures.forced
              + " between "
              + disk.closures.count
              + " closures");
      disk.isSlow = false;
    }
  }

  private static void compact(Store store) {
    try {
      store.compact();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** More than half of each segment lives, so that nothing is rewritten until that is asked for. */
  private static void fill(Store store) throws IOException {
    int count = SEGMENTS * SEGMENT / VALUE.length;
    for (int i = 0; i < count; i++) {
      store.push(i % 5 < 3 ? "kept" : "taken", VALUE);
    }
    while (store.pullp("taken").isPresent()) {}
  }
}
