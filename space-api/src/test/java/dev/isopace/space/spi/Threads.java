package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for threads, never for time. */
final class Threads {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Threads() {}

  /** Returns once the thread is parked; fails if it ends or does something else for too long. */
  static void awaitParked(Thread thread) {
    long start = System.nanoTime();
    while (LockSupport.getBlocker(thread) == null
        || (thread.getState() != Thread.State.WAITING
            && thread.getState() != Thread.State.TIMED_WAITING)) {
      if (!thread.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
        fail(thread + " is " + thread.getState() + " instead of parked");
      }
      Thread.onSpinWait();
    }
  }

  /** Returns once the thread has ended; fails if it does not. */
  static void join(Thread thread) throws InterruptedException {
    thread.join(PATIENCE.toMillis());
    assertFalse(thread.isAlive(), () -> thread + " is still " + thread.getState());
  }
}
