package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Where memory is lacking for a time, nothing is lost, and nobody waits for ever")
// A JVM whose heap is full may itself fail to go on; the first JDK of a build tries it.
@Tag("witness")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShortOfMemoryTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inFullHeap(boolean sync) throws Exception {
    Process child =
        ChildStore.start(
            List.of(
                "-Xmx16m",
                "-XX:+UseSerialGC",
                // One that fills the heap would leave the buffers of the other threads empty.
                "-XX:-UseTLAB",
                // Where the JVM has to allocate what it had optimized away, and cannot, it leaves
                // a method without running its finally blocks.
                "-XX:-DoEscapeAnalysis"),
            FullHeap.class,
            List.of(directory.toString(), Boolean.toString(sync)));
    try {
      String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(child.waitFor(60, TimeUnit.SECONDS), printed);
      assertEquals("nobody waits, nothing is lost", printed.strip());
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  @DisplayName("A store that was killed opens in the heap it ran in, however many keys it has had")
  void reopened() throws Exception {
    for (boolean isFirst : new boolean[] {true, false}) {
      Process child =
          ChildStore.start(
              List.of("-Xmx16m", "-XX:+UseSerialGC"),
              ManyKeys.class,
              List.of(directory.toString(), Boolean.toString(isFirst)));
      try {
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(child.waitFor(60, TimeUnit.SECONDS), printed);
        assertEquals("1 entry", printed.strip());
      } finally {
        child.destroyForcibly();
      }
    }
  }

  /** What is done in a JVM that ends without closing its store, and in the one after it. */
  static final class ManyKeys {
    private static final int KEYS = 150_000;

    private ManyKeys() {}

    public static void main(String[] arguments) throws IOException {
      Store store = Store.open(Path.of(arguments[0]), StoreOption.withSync(false));
      if (Boolean.parseBoolean(arguments[1])) {
        store.push("stays", new byte[1]);
        for (int i = 0; i < KEYS; i++) {
          store.push("request " + i, new byte[1]);
          store.pullp("request " + i);
        }
      }
      System.out.println(store.keys().size() + " entry");
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }
  }

  @Test
  @DisplayName("What is told of an operation needs no memory")
  void outcomes() {
    OutOfMemoryError cause = new OutOfMemoryError("a test");
    assertEquals(cause, Outcome.refused(cause).cause());
    assertEquals(cause, Outcome.unknown(cause).cause());
  }

  /** What is done in a JVM of its own. */
  static final class FullHeap {
    private static final int THREADS = 4;
    private static final int TIMES_FULL = 10;
    private static final int BYTES = 100;
    private static final Duration LONGEST_FILLING = Duration.ofSeconds(1);

    // What is known of the entries of each key.
    private final AtomicLong pushed = new AtomicLong();
    private final AtomicLong pulled = new AtomicLong();
    private final AtomicLong inDoubt = new AtomicLong();

    private final AtomicBoolean isOver = new AtomicBoolean();

    private FullHeap() {}

    public static void main(String[] arguments) throws Exception {
      new FullHeap().run(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]));
    }

    private void run(Path directory, boolean sync) throws Exception {
      List<Thread> threads = new ArrayList<>();
      Store store = Store.open(directory, StoreOption.withSync(sync));
      for (int i = 0; i < THREADS; i++) {
        String key = "key " + i % 2;
        Thread thread = new Thread(() -> work(store, key), key);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
      }
      // What is used in the full heap is loaded now.
      Thread.sleep(500);
      Object[] brim = new Object[1];
      for (int i = 0; i < TIMES_FULL; i++) {
        fill(brim);
        Thread.sleep(5);
        brim[0] = null;
        Thread.sleep(20);
      }
      isOver.set(true);
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
        if (thread.isAlive()) {
          System.out.println(thread + " waits for ever: " + List.of(thread.getStackTrace()));
          System.exit(1);
        }
      }
      try {
        store.close();
      } catch (IOException e) {
        // Where nothing is synced, a store that has failed says that much may be lost; but not
        // here, where the machine goes on.
      }
      report(count(directory));
      System.exit(0);
    }

    private static long count(Path directory) throws IOException {
      try (Store store = Store.open(directory)) {
        return store.len("key 0") + store.len("key 1");
      }
    }

    private void report(long found) {
      long known = pushed.get() - pulled.get();
      boolean isRight = found >= known - inDoubt.get() && found <= known + inDoubt.get();
      System.out.println(
          isRight
              ? "nobody waits, nothing is lost"
              : found + " entries where " + known + " should be, " + inDoubt + " in doubt");
    }

    private void work(Store store, String key) {
      while (!isOver.get()) {
        try {
          store.push(key, new byte[BYTES]);
          pushed.incrementAndGet();
          if (store.pull(key, Duration.ofMillis(1)).isPresent()) {
            pulled.incrementAndGet();
          }
        } catch (IndeterminateException e) {
          inDoubt.incrementAndGet();
        } catch (IOException | SpaceException e) {
          // Nothing has changed; the store may have failed.
        } catch (OutOfMemoryError e) {
          // It is not known where: the array, the call, or what it returns.
          inDoubt.incrementAndGet();
        } catch (InterruptedException e) {
          throw new AssertionError("nobody interrupts this thread", e);
        }
      }
    }

    /**
     * Takes all the memory that there is; it is free again when the first slot is. Ends in time
     * where the others go on freeing as little as it takes next, at the cost of a collection each.
     */
    private static void fill(Object[] held) {
      long begun = System.nanoTime();
      for (int length = 1 << 16; length > 0; length /= 8) {
        try {
          while (System.nanoTime() - begun < LONGEST_FILLING.toNanos()) {
            Object[] more = new Object[length];
            more[0] = held[0];
            held[0] = more;
          }
        } catch (OutOfMemoryError e) {
          // So large a piece is not left.
        }
      }
    }
  }
}
