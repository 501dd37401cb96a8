package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts of calling threads, however many, harm neither the files nor the entries. */
class InterruptTest {
  private static final int THREADS = 4;
  private static final int EACH = 300;

  private final Path directory = StoreTckTest.freshDirectory();

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 30})
  void aRainOfInterruptsChangesNothing(long memory) throws Exception {
    StoreOption[] options = {StoreOption.withMemory(memory), StoreOption.withSegmentSize(64 << 10)};
    ConcurrentLinkedQueue<String> pulled = new ConcurrentLinkedQueue<>();
    Thread.currentThread().interrupt();
    try (Store store = Store.open(directory, options)) {
      assertTrue(Thread.interrupted(), "open has kept the flag");
      List<FutureTask<Void>> tasks = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        FutureTask<Void> task = new FutureTask<>(() -> work(store, thread, pulled));
        tasks.add(task);
        threads.add(new Thread(task, "worker " + t));
      }
      AtomicBoolean over = new AtomicBoolean();
      Thread rain =
          new Thread(
              () -> {
                while (!over.get()) {
                  threads.forEach(Thread::interrupt);
                  Thread.onSpinWait();
                }
              },
              "rain");
      threads.forEach(Thread::start);
      rain.start();
      try {
        for (FutureTask<Void> task : tasks) {
          task.get(60, TimeUnit.SECONDS);
        }
      } finally {
        over.set(true);
        rain.join();
      }
      Thread.currentThread().interrupt();
    }
    assertTrue(Thread.interrupted(), "close has kept the flag");
    TreeMap<String, Integer> found = new TreeMap<>();
    pulled.forEach(entry -> found.merge(entry, 1, Integer::sum));
    try (Store store = Store.open(directory, options)) {
      for (String key : store.keys()) {
        while (store.len(key) > 0) {
          found.merge(new String(store.pullp(key).orElseThrow(), UTF_8), 1, Integer::sum);
        }
      }
    }
    assertEquals(THREADS * EACH, found.size());
    assertTrue(found.values().stream().allMatch(count -> count == 1), "entries that came twice");
  }

  private static Void work(Store store, int thread, ConcurrentLinkedQueue<String> pulled)
      throws IOException {
    for (int i = 0; i < EACH; i++) {
      store.push("key " + thread % 2, (thread + ":" + i).getBytes(UTF_8));
      if (i % 3 == 0) {
        try {
          pulled.add(new String(store.pull("key " + thread % 2), UTF_8));
        } catch (InterruptedException e) {
          // Nothing was removed, says the contract; the count in the end will show.
        }
      } else if (i % 3 == 1) {
        store.pullp("key " + thread % 2).ifPresent(entry -> pulled.add(new String(entry, UTF_8)));
      }
    }
    return null;
  }
}
