package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Space;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reaches virtual threads by reflection, since the baseline has none. */
@DisplayName("A virtual thread that waits costs its carrier nothing")
final class VirtualThreadsTest {
  private static final int THREADS = 100_000;

  @BeforeEach
  void requireVirtualThreads() {
    assumeTrue(
        Runtime.version().feature() >= 21,
        () -> "virtual threads come with JDK 21, this is " + Runtime.version());
  }

  @ParameterizedTest
  @ValueSource(strings = {Fixtures.REFERENCES, Fixtures.COPIES})
  @DisplayName("100,000 wait on as many keys, and each out wakes its own, on a handful of carriers")
  void oneHundredThousand(String uri) throws ReflectiveOperationException, InterruptedException {
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    Set<String> carriers = ConcurrentHashMap.newKeySet();
    AtomicInteger correct = new AtomicInteger();
    List<Thread> threads = new ArrayList<>(THREADS);
    long began = System.nanoTime();
    try (Space<String> space = Fixtures.open(uri)) {
      for (int i = 0; i < THREADS; i++) {
        String key = "key " + i;
        Runnable taker =
            () -> {
              try {
                carriers.add(carrier());
                if (space.in(key).equals(key)) {
                  correct.incrementAndGet();
                }
                carriers.add(carrier());
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            };
        threads.add((Thread) start.invoke(null, taker));
      }
      for (Thread thread : threads) {
        Call.until("all wait", () -> thread.getState() == Thread.State.WAITING);
      }
      double waiting = seconds(began);
      long woken = System.nanoTime();
      assertEquals(Set.of(), space.keys());
      for (int i = 0; i < THREADS; i++) {
        assertTrue(space.out("key " + i, "key " + i));
      }
      for (Thread thread : threads) {
        thread.join(Call.PATIENCE_SECONDS * 1000);
        assertTrue(!thread.isAlive(), "a thread is still waiting");
      }
      System.out.printf(
          "%s: %,d virtual threads wait after %.2f s, end %.2f s later; carriers: %s%n",
          uri, THREADS, waiting, seconds(woken), carriers);
    }
    assertEquals(THREADS, correct.get());
    assertTrue(
        carriers.size() <= Runtime.getRuntime().availableProcessors(),
        () -> "more carriers than processors: " + carriers);
    assertTrue(seconds(began) < Call.PATIENCE_SECONDS, "took " + seconds(began) + " s");
  }

  /** VirtualThread[#21]/runnable@ForkJoinPool-1-worker-1. */
  private static String carrier() {
    String thread = Thread.currentThread().toString();
    return thread.substring(thread.indexOf('@') + 1);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
