package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Where there is no memory, nothing is lost")
final class ShortOfMemoryTest {
  @Test
  @DisplayName("Entries can be taken, and waits end, in a heap that is full to the brim")
  void inFullHeap() throws Exception {
    assertPrints("400 entries taken, 0 failures; then [1]", FullHeap.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"values", "copies"})
  @DisplayName("The first close of a process wakes all who wait, though there is no memory for it")
  void close(String engine) throws Exception {
    assertPrints("closed: null; 40 of 40 have ended", FirstClose.class, engine);
  }

  @Test
  @DisplayName("A key is there or not, and is forgotten, though no table can grow")
  void keysOfAStripe() throws Exception {
    assertPrints("1 added; 16 forgotten, 0 failures, 0 left", Keys.class);
  }

  private static void assertPrints(String expected, Class<?> program, String... arguments)
      throws Exception {
    String classes =
        DiscoveryTest.join(
            DiscoveryTest.place(Lifecycle.class),
            DiscoveryTest.place(KeyedQueues.class),
            DiscoveryTest.place(ShortOfMemoryTest.class));
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m",
                // One that fills the heap would leave the buffers of the other threads empty.
                "-XX:-UseTLAB",
                "-XX:+UseSerialGC",
                "-cp",
                classes,
                program.getName()));
    line.addAll(List.of(arguments));
    Process child = new ProcessBuilder(line).redirectErrorStream(true).start();
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

  /** Closes a space where 40 wait, in a process that has closed none before. */
  static final class FirstClose {
    private static final int KEYS = 20;

    private FirstClose() {}

    public static void main(String[] args) throws Exception {
      Lifecycle lifecycle = new Lifecycle("short of memory");
      KeyedQueues<byte[]> values = new KeyedQueues<>(lifecycle);
      CopyingQueues<byte[]> copies =
          new CopyingQueues<>(lifecycle, (operation, key, bytes) -> bytes);
      boolean areCopies = args[0].equals("copies");
      // The call of a space makes this before anything has happened.
      Runnable release = areCopies ? copies::close : values::close;
      List<Thread> waiters = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        String key = "key " + i;
        waiters.add(
            waiter(
                () ->
                    areCopies
                        ? copies.take(key, Deadline.NEVER)
                        : values.take(key, Deadline.NEVER)));
        waiters.add(
            waiter(
                () ->
                    areCopies
                        ? copies.read(key, Deadline.NEVER)
                        : values.read(key, Deadline.NEVER)));
      }
      // What belongs to the lifecycle, and not to the engine, is loaded now.
      new Lifecycle("closed before").close(() -> {});
      Error failure = null;
      Object[] brim = new Object[1];
      fill(brim);
      try {
        lifecycle.close(release);
      } catch (OutOfMemoryError e) {
        failure = e;
      }
      brim[0] = null;
      int ended = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      for (Thread waiter : waiters) {
        TimeUnit.NANOSECONDS.timedJoin(waiter, Math.max(1, end - System.nanoTime()));
        ended += waiter.isAlive() ? 0 : 1;
      }
      System.out.println("closed: " + failure + "; " + ended + " of 40 have ended");
    }

    private interface Wait {
      byte @Nullable [] forEntry() throws InterruptedException;
    }

    private static Thread waiter(Wait wait) {
      Thread waiter =
          new Thread(
              () -> {
                try {
                  wait.forEntry();
                } catch (OutOfMemoryError | SpaceClosedException | InterruptedException e) {
                  // Either way it waits no more.
                }
              });
      waiter.setDaemon(true);
      waiter.start();
      while (waiter.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      return waiter;
    }
  }

  /** Adds and forgets keys of a stripe, by the dozen and of one hash code. */
  static final class Keys {
    /** As many as the table of a HashMap takes before it becomes larger. */
    private static final int KEYS = 768;

    /** Enough for a key, but not for such a table. */
    private static final int SPARE = 2 << 10;

    private Keys() {}

    public static void main(String[] args) {
      CopyingStripe<Integer> stripe = new CopyingStripe<>();
      for (int i = 0; i < KEYS; i++) {
        stripe.obtain("key " + i);
      }
      List<CopyingQueue<Integer>> alike = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        StringBuilder key = new StringBuilder();
        for (int bit = 1; bit < 16; bit <<= 1) {
          key.append((i & bit) == 0 ? "Aa" : "BB");
        }
        alike.add(new CopyingStripe<Integer>().obtain(key.toString()));
      }
      Object[] brim = new Object[1];
      Object[] spare = {new byte[SPARE]};
      fill(brim);
      spare[0] = null;
      boolean isAdded;
      try {
        stripe.obtain("one more");
        isAdded = true;
      } catch (OutOfMemoryError e) {
        isAdded = false;
      }
      brim[0] = null;
      boolean isThere = stripe.find("one more") != null;
      String added = isAdded == isThere ? (isAdded ? 1 : 0) + " added" : "half of it added";
      CopyingStripe<Integer> other = new CopyingStripe<>();
      for (CopyingQueue<Integer> queue : alike) {
        other.obtain(queue.key);
      }
      int forgotten = 0;
      int failures = 0;
      for (CopyingQueue<Integer> queue : alike) {
        fill(brim);
        try {
          other.forgetIfIdle(queue);
          forgotten++;
        } catch (OutOfMemoryError e) {
          failures++;
        }
      }
      brim[0] = null;
      long left = alike.stream().filter(queue -> other.find(queue.key) != null).count();
      System.out.printf(
          "%s; %d forgotten, %d failures, %d left%n", added, forgotten, failures, left);
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
