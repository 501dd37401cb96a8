package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Where there is no memory, nothing is lost")
final class ShortOfMemoryTest {
  @Test
  @DisplayName("Entries can be taken, and waits end, in a heap that is full to the brim")
  void inFullHeap() throws Exception {
    assertPrints("400 entries taken, 0 failures; then [1]", FullHeap.class);
  }

  @Test
  @DisplayName("A table that could not shrink for want of memory shrinks at the next occasion")
  void tableOfManyKeys() throws Exception {
    assertPrints("2048 slots, 2048 in a full heap, 128 after it", LargeTable.class);
  }

  private static void assertPrints(String expected, Class<?> program) throws Exception {
    String classes =
        DiscoveryTest.join(
            DiscoveryTest.place(Lifecycle.class),
            DiscoveryTest.place(KeyedQueues.class),
            DiscoveryTest.place(ShortOfMemoryTest.class));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m",
                // One that fills the heap would leave the buffers of the other threads empty.
                "-XX:-UseTLAB",
                "-XX:+UseSerialGC",
                "-cp",
                classes,
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                program.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(child.waitFor(60, TimeUnit.SECONDS), printed);
      assertEquals(expected, printed.strip());
    } finally {
      child.destroyForcibly();
    }
  }

  /** What is done in a JVM of its own. */
  static final class FullHeap {
    private static final int KEYS = 400;

    private FullHeap() {}

    public static void main(String[] args) throws Exception {
      KeyedQueues<Integer> queues = new KeyedQueues<>(new Lifecycle("short of memory"));
      String[] keys = new String[KEYS];
      for (int i = 0; i < KEYS; i++) {
        keys[i] = "key " + i;
        queues.put(keys[i], i);
      }
      // What is used in the full heap is loaded now.
      queues.put("warm", 1);
      queues.poll("inp", "warm");
      queues.take("warm", Deadline.after(Duration.ofMillis(1)));
      int[] failures = {0};
      AtomicLong clock = new AtomicLong();
      Deadline later = Deadline.after(Duration.ofHours(1), clock::get);
      Thread waits =
          new Thread(
              () -> {
                try {
                  queues.take("waited on", later);
                } catch (OutOfMemoryError | InterruptedException e) {
                  failures[0]++;
                }
              });
      waits.start();
      long hours = Duration.ofHours(2).toNanos();
      while (waits.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      Object[] brim = new Object[1];
      int taken = 0;
      for (String key : keys) {
        // Again: what was taken has left its node behind.
        fill(brim);
        try {
          taken += queues.poll("inp", key) == null ? 0 : 1;
        } catch (OutOfMemoryError e) {
          failures[0]++;
        }
      }
      fill(brim);
      clock.set(hours);
      LockSupport.unpark(waits);
      waits.join();
      brim[0] = null;
      // If the one that has waited were still in line, this would be handed to it.
      queues.put("waited on", 1);
      List<Integer> left = new ArrayList<>();
      for (Integer each = queues.poll("inp", "waited on");
          each != null;
          each = queues.poll("inp", "waited on")) {
        left.add(each);
      }
      System.out.println(taken + " entries taken, " + failures[0] + " failures; then " + left);
    }
  }

  /** The same, of a table with many keys that are forgotten while there is no memory. */
  static final class LargeTable {
    private static final int KEYS = 1_500;

    private LargeTable() {}

    public static void main(String[] args) throws Exception {
      CopyingStripe<Integer> stripe = new CopyingStripe<>();
      List<CopyingQueue<Integer>> queues = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        queues.add(stripe.obtain("key " + i));
      }
      int before = slots(stripe);
      Object[] brim = new Object[1];
      queues.subList(200, KEYS).forEach(stripe::forgetIfIdle);
      for (CopyingQueue<Integer> queue : queues.subList(80, 200)) {
        // Again: what was forgotten has left its place in the table behind.
        fill(brim);
        stripe.forgetIfIdle(queue);
      }
      brim[0] = null;
      int meanwhile = slots(stripe);
      stripe.forgetIfIdle(queues.get(0));
      System.out.printf(
          "%d slots, %d in a full heap, %d after it%n", before, meanwhile, slots(stripe));
    }

    private static int slots(CopyingStripe<?> stripe) throws ReflectiveOperationException {
      Field map = CopyingStripe.class.getDeclaredField("map");
      map.setAccessible(true);
      Field table = HashMap.class.getDeclaredField("table");
      table.setAccessible(true);
      return ((Object[]) table.get(map.get(stripe))).length;
    }
  }

  /** Takes all the memory that there is; it is free again when the first slot is. */
  private static void fill(Object[] held) {
    for (int length = held[0] == null ? 1 << 16 : 8; length > 0; length /= 8) {
      try {
        for (; ; ) {
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
