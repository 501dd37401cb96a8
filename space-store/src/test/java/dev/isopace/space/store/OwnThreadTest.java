package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName(
    "Whatever happens to the store's own thread, nobody is stranded and nothing given away")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OwnThreadTest {
  private static final int SEGMENT = 64 << 10;
  private static final byte[] VALUE = new byte[1000];
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);

  @Test
  @DisplayName("An error in compaction is survived, and the directory stays locked")
  void errorInCompaction() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    HookedDisk disk = new HookedDisk(new NioDisk(directory, 0, false));
    CountDownLatch thrown = new CountDownLatch(1);
    disk.before =
        (call, file) -> {
          if (call.equals(HookedDisk.CREATE) && file.startsWith("compacted")) {
            thrown.countDown();
            throw new OutOfMemoryError("simulated");
          }
        };
    try (Store store = Store.open(disk, SETTINGS)) {
      for (int i = 0; i < 140; i++) {
        store.push(i % 4 == 0 ? "kept" : "taken", VALUE);
      }
      while (store.pullp("taken").isPresent()) {}
      assertTrue(thrown.await(30, TimeUnit.SECONDS), "nothing was compacted");
      assertThrows(IOException.class, () -> Store.open(directory).close());
      disk.before = (call, file) -> {};
      store.push("kept", VALUE);
      assertEquals(36, store.len("kept"));
    }
    try (Store store = Store.open(directory)) {
      assertEquals(36, store.len("kept"));
      assertEquals(0, store.len("taken"));
    }
  }

  @RepeatedTest(5)
  @DisplayName("An interrupt of all threads does no harm")
  void interrupt() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    try (Store store = Store.open(directory, StoreOption.withSegmentSize(SEGMENT))) {
      for (int i = 0; i < 300; i++) {
        if (i % 10 == 0) {
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("space-store " + directory))
              .forEach(Thread::interrupt);
        }
        store.push("k", VALUE);
      }
    }
    try (Store store = Store.open(directory)) {
      assertEquals(300, store.len("k"));
    }
  }

  @Test
  @DisplayName("Who waits for a segment when the store is closed is told so")
  void closeWhileWaiting() throws Exception {
    HookedDisk disk = new HookedDisk(SimulatedDisk.empty());
    AtomicInteger made = new AtomicInteger();
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    disk.before =
        (call, file) -> {
          if (call.equals(HookedDisk.CREATE)
              && file.startsWith("segment")
              && made.incrementAndGet() == 2) {
            making.countDown();
            Await.released(released);
          }
        };
    Store store = Store.open(disk, SETTINGS);
    assertTrue(making.await(30, TimeUnit.SECONDS));
    FutureTask<Void> push = new FutureTask<>(() -> push(store, new byte[3 * SEGMENT]), null);
    Await.waiting(Await.start(push));
    FutureTask<Void> close = new FutureTask<>(() -> close(store), null);
    Await.waiting(Await.start(close));
    released.countDown();
    close.get(30, TimeUnit.SECONDS);
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> push.get(30, TimeUnit.SECONDS));
    assertInstanceOf(SpaceClosedException.class, failure.getCause());
  }

  @Test
  @DisplayName("A close does not wait until a segment is full of zeros")
  void closeWhileFilling() throws Exception {
    SimulatedDisk simulated = SimulatedDisk.empty();
    HookedDisk disk = new HookedDisk(simulated);
    AtomicInteger made = new AtomicInteger();
    AtomicInteger chunks = new AtomicInteger();
    CountDownLatch filling = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    disk.before =
        (call, file) -> {
          if (file.startsWith("segment")) {
            if (call.equals(HookedDisk.CREATE)) {
              made.incrementAndGet();
            } else if (call.equals(HookedDisk.WRITE)
                && made.get() == 2
                && chunks.incrementAndGet() == 2) {
              filling.countDown();
              Await.released(released);
            }
          }
        };
    Store store = Store.open(disk, SETTINGS);
    store.push("k", VALUE);
    assertTrue(filling.await(30, TimeUnit.SECONDS));
    FutureTask<Void> close = new FutureTask<>(() -> close(store), null);
    Await.waiting(Await.start(close));
    released.countDown();
    close.get(30, TimeUnit.SECONDS);
    // Of sixteen; and what else was written meanwhile.
    assertTrue(chunks.get() < 8, chunks.get() + " writes");
    try (Store again = Store.open(SimulatedDisk.afterKill(simulated.trace()), SETTINGS)) {
      assertEquals(1, again.len("k"));
    }
  }

  @Test
  @DisplayName("An interval of any length is one")
  void longInterval() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
    try (Store store = Store.open(directory, StoreOption.withSync(endless))) {
      store.push("k", VALUE);
      store.compact();
      assertThrows(IOException.class, () -> Store.open(directory).close());
    }
    try (Store store = Store.open(directory, StoreOption.withSync(Duration.ofNanos(1)))) {
      store.compact();
      assertEquals(1, store.len("k"));
    }
  }

  @Test
  @DisplayName("What is written while the log is forced at an interval is forced at the next")
  void pushedDuringForce() throws Exception {
    SimulatedDisk simulated = SimulatedDisk.empty();
    HookedDisk disk = new HookedDisk(simulated);
    try (Store store = Store.open(disk, interval(Duration.ofMillis(20)))) {
      AtomicBoolean isFirst = new AtomicBoolean(true);
      CountDownLatch pushed = new CountDownLatch(1);
      disk.after =
          (call, file) -> {
            if (call.equals(HookedDisk.FORCE) && isFirst.compareAndSet(true, false)) {
              CompletableFuture.runAsync(() -> push(store, VALUE)).join();
              pushed.countDown();
            }
          };
      store.push("k", VALUE);
      assertTrue(pushed.await(30, TimeUnit.SECONDS));
      Await.until("both entries are durable", () -> durable(simulated) == 2);
    }
  }

  @Test
  @DisplayName("What a process that was killed has left is forced before the next says that it was")
  void leftByAnother() throws Exception {
    SimulatedDisk first = SimulatedDisk.empty();
    Store killed = Store.open(first, interval(Duration.ofDays(1)));
    for (int i = 0; i < 5; i++) {
      killed.push("k", VALUE);
    }
    SimulatedDisk second = SimulatedDisk.afterKill(first.trace());
    killed.close();
    try (Store store = Store.open(second, interval(Duration.ofDays(1)))) {
      assertEquals(5, store.len("k"));
      assertEquals(5, durable(second));
    }
  }

  private static Settings interval(Duration interval) {
    return SETTINGS.withSync(Settings.Sync.INTERVAL, interval);
  }

  /** How many entries there would be if the power went now. */
  private static long durable(SimulatedDisk disk) throws IOException {
    Trace trace = disk.trace();
    DiskState state = trace.image().durable();
    try (Store store = Store.open(SimulatedDisk.after(state), SETTINGS)) {
      return store.len("k");
    }
  }

  private static void push(Store store, byte[] value) {
    try {
      store.push("k", value);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static void close(Store store) {
    try {
      store.close();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }
}
