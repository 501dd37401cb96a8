package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A segment is left alone while its last batch is on its way, although the log goes on")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RolledSegmentTest {
  private static final int SEGMENT = 4 << 10;
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);
  private static final byte[] LAST = "last of its segment".getBytes(StandardCharsets.US_ASCII);

  /**
   * Fills a segment with what is of no use any more, but for some entries, and holds up the force
   * of its last entry, while the next one opens another segment.
   *
   * @param kept how many entries live in it: without any it would be dropped, with some rewritten
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void isNeitherDroppedNorRewritten(int kept) throws Exception {
    SimulatedDisk disk = SimulatedDisk.empty();
    AtomicReference<Thread> heldUp = new AtomicReference<>();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    disk.beforeForce(
        () -> {
          if (Thread.currentThread() == heldUp.get()) {
            held.countDown();
            Await.released(released);
          }
        });
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Store store = Store.open(disk, SETTINGS)) {
      for (int i = 0; i < kept; i++) {
        store.push("kept", new byte[] {(byte) i});
      }
      for (int size = 0; size < SEGMENT * 3 / 4; size += 200) {
        store.push("taken", new byte[100]);
        store.pullp("taken");
      }
      final List<CompletableFuture<Void>> pushes = new ArrayList<>();
      pushes.add(
          CompletableFuture.runAsync(
              () -> {
                heldUp.set(Thread.currentThread());
                push(store, "last", LAST);
              },
              threads));
      assertTrue(held.await(10, TimeUnit.SECONDS));
      Await.until("segments are prepared", () -> Await.isIdle(disk));
      int files = disk.list().size();
      pushes.add(
          CompletableFuture.runAsync(() -> push(store, "next", new byte[SEGMENT / 2]), threads));
      // By then, the store's thread has done all that it would do, also the wrong thing.
      Await.until(
          "another one is prepared", () -> disk.list().size() > files && Await.isIdle(disk));
      released.countDown();
      for (CompletableFuture<Void> push : pushes) {
        push.get(10, TimeUnit.SECONDS);
      }
      store.compact();
      assertArrayEquals(LAST, store.peek("last").orElseThrow());
    }
    try (Store store = Store.open(SimulatedDisk.afterKill(disk.trace()), SETTINGS)) {
      assertArrayEquals(LAST, store.pullp("last").orElseThrow());
      assertEquals(1, store.len("next"));
      assertEquals(kept, store.len("kept"));
      assertEquals(0, store.len("taken"));
    } finally {
      threads.shutdownNow();
    }
  }

  private static void push(Store store, String key, byte[] value) {
    try {
      store.push(key, value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
