package dev.isopace.space.jmh;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits for threads to wait for an entry, and to end. */
final class Waiting {
  /** The time in which threads begin to wait: more than ten thousand of them need. */
  private static final long PATIENCE_SECONDS = 60;

  /** The time to wait for all threads to end. Some peers have no way to wake a waiter. */
  private static final long FAREWELL_SECONDS = 2;

  private Waiting() {}

  /** Waits in vain, until the space is closed. */
  static void untilClosed(Space<byte[]> space, String key) {
    try {
      space.in(key);
    } catch (SpaceClosedException | InterruptedException e) {
      // That is the end.
    }
  }

  /** Waits until all threads wait. */
  static void await(List<Thread> threads) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (Thread thread : threads) {
      while (!isWaiting(thread)) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("a taker does not wait, it is " + thread.getState());
        }
        Thread.sleep(1);
      }
    }
  }

  /**
   * Waits until all threads have ended, or for a limited time. They are daemons, so the process can
   * end. They are not interrupted: a peer may answer that by asking again and again, and ten
   * thousand threads that do so keep the process from ending.
   */
  static void end(List<Thread> threads) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FAREWELL_SECONDS);
    for (Thread thread : threads) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      thread.join(Math.max(1, left));
      if (thread.isAlive() && left <= 0) {
        return;
      }
    }
  }

  private static boolean isWaiting(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING -> true;
      case TERMINATED ->
          throw new IllegalStateException(thread.getName() + " ended instead of waiting");
      case NEW, RUNNABLE, BLOCKED -> false;
    };
  }
}
