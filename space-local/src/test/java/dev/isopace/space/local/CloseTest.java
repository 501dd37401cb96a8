package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Lifecycle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("close takes effect at one instant, for all calls on all keys")
final class CloseTest {
  private static final long OTHERS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Lifecycle lifecycle = new Lifecycle("closed");
  private final KeyedQueues<String> queues = new KeyedQueues<>(lifecycle);

  @Test
  @DisplayName("An interrupted call does not see it earlier than others do")
  void interrupted() {
    lifecycle.close(
        () -> {
          Thread.currentThread().interrupt();
          assertThrows(
              InterruptedException.class, () -> queues.requireUninterrupted("in", "any key"));
          assertTrue(queues.put("k", "v"));
          queues.close();
          Thread.currentThread().interrupt();
          assertThrows(
              SpaceClosedException.class, () -> queues.requireUninterrupted("in", "any key"));
          assertTrue(Thread.interrupted());
        });
  }

  /** Reaches virtual threads by reflection, since the baseline has none. */
  @Test
  @DisplayName("A virtual thread that closes keeps its carrier as long as it keeps others waiting")
  void keepsCarrier() throws Exception {
    assumeTrue(
        Runtime.version().feature() >= 21,
        () -> "virtual threads come with JDK 21, this is " + Runtime.version());
    Stripe first = queues.stripe(0);
    Stripe last = queues.stripe(-1);
    AtomicBoolean closed = new AtomicBoolean();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger busy = new AtomicInteger();
    int carriers = Runtime.getRuntime().availableProcessors();
    try {
      last.lock();
      try {
        startVirtual(
            () -> {
              queues.close();
              closed.set(true);
            });
        Call.until("the first stripe is locked", () -> first.version() % 2 == 1);
        // As good as pinned: whoever does not block is left on its carrier.
        for (int i = 0; i < carriers; i++) {
          startVirtual(
              () -> {
                busy.incrementAndGet();
                while (!stop.get()) {
                  Thread.onSpinWait();
                }
              });
        }
        // They get all of them only if the one that closes has left its own.
        long begun = System.nanoTime();
        Call.until(
            "others have the carriers that they can get",
            () -> busy.get() == carriers || System.nanoTime() - begun > OTHERS_NANOS);
      } finally {
        last.unlock();
      }
      Call.until("it has closed", closed::get);
      assertEquals(0, first.version() % 2);
    } finally {
      stop.set(true);
    }
  }

  private static void startVirtual(Runnable task) throws ReflectiveOperationException {
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
  }
}
