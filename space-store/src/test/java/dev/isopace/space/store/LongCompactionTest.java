package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        Await.released(released);
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

  @Test
  @DisplayName("Nor does it wait for those who ask again and again for room that there is not")
  void requestsDoNotHoldItUp() throws Exception {
    HookedDisk disk = new HookedDisk(new NioDisk(StoreTckTest.freshDirectory(), 0, false));
    List<Thread> pushers = new CopyOnWriteArrayList<>();
    AtomicBoolean isFull = new AtomicBoolean();
    AtomicInteger attempts = new AtomicInteger();
    AtomicInteger mostAttempts = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    disk.before =
        (call, file) -> {
          if (file.startsWith("compacted")) {
            begun.countDown();
            Await.released(released);
            attempts.set(0);
          } else if (isFull.get() && call.equals(HookedDisk.CREATE)) {
            mostAttempts.accumulateAndGet(attempts.incrementAndGet(), Math::max);
            if (attempts.get() < 100) {
              // Whoever waits for this attempt, another has asked for the next before it ends: one
              // that was refused is awake by then, and asks again.
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
              for (Thread pusher : pushers) {
                Await.waiting(pusher);
              }
            }
            isFull.set(attempts.get() < 100);
            throw new IOException("No space left on device");
          }
        };
    try (Store store = Store.open(disk, SETTINGS)) {
      fill(store);
      CompletableFuture<Void> compaction = CompletableFuture.runAsync(() -> compact(store));
      assertTrue(begun.await(30, TimeUnit.SECONDS), "nothing was rewritten");
      isFull.set(true);
      for (int i = 0; i < 2; i++) {
        pushers.add(Await.start(new FutureTask<>(() -> pushWhile(store, isFull), null)));
      }
      for (Thread pusher : pushers) {
        Await.waiting(pusher);
      }
      released.countDown();
      compaction.get(30, TimeUnit.SECONDS);
      isFull.set(false);
    }
    assertTrue(mostAttempts.get() < 10, mostAttempts + " attempts between two writes");
  }

  private static void pushWhile(Store store, AtomicBoolean condition) {
    while (condition.get()) {
      try {
        store.push("pushed", VALUE);
      } catch (IOException e) {
        // There is no room. Again.
      }
    }
  }

  /** Holds compaction up at its first write, until the store is being closed. */
  private static final class HoldingDisk extends ForwardingDisk {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch closing = new CountDownLatch(1);
    volatile boolean isRenamed;

    HoldingDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), true));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      Handle opened = super.open(name, mode);
      return !name.startsWith("compacted")
          ? opened
          : new ForwardingHandle(opened) {
            @Override
            public int write(ByteBuffer buffer, long at) throws IOException {
              begun.countDown();
              Await.released(closing);
              return super.write(buffer, at);
            }
          };
    }

    @Override
    public void rename(String from, String to) throws IOException {
      isRenamed |= from.startsWith("compacted");
      super.rename(from, to);
    }
  }

  @Test
  @DisplayName("Whoever closes does not wait for it either")
  void closeEndsIt() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    HoldingDisk disk = new HoldingDisk(directory);
    Store store = Store.open(disk, SETTINGS.withSegmentSize(SEGMENTS * SEGMENT));
    fill(store);
    long kept = store.len("kept");
    CompletableFuture<Void> compaction = CompletableFuture.runAsync(() -> compact(store));
    assertTrue(disk.begun.await(30, TimeUnit.SECONDS), "nothing was rewritten");
    CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(store));
    // It may not even have begun, where the store has compacted of itself.
    compaction.exceptionally(closed -> null).get(30, TimeUnit.SECONDS);
    disk.closing.countDown();
    closing.get(30, TimeUnit.SECONDS);
    assertFalse(disk.isRenamed, "the whole run was rewritten before the store was closed");
    try (Store reopened = Store.open(directory)) {
      assertEquals(kept, reopened.len("kept"));
    }
  }

  private static void close(Store store) {
    try {
      store.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
