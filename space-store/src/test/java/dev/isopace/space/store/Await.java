package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.tck.TckOptions;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Waits until something is so; where that takes too long, fails with a dump of all threads. */
final class Await {
  /** How long anything may take, by {@code -Dspace.tck.scale}. */
  private static final double PATIENCE_SECONDS = 20 * TckOptions.defaults().timeScale();

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Await() {}

  /** What is asked again and again. */
  interface Condition {
    boolean isMet() throws IOException;
  }

  /** Returns once the condition is met. */
  static void until(String what, Condition condition) throws IOException {
    long begun = System.nanoTime();
    while (!condition.isMet()) {
      if (System.nanoTime() - begun > PATIENCE_SECONDS * 1e9) {
        throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what + "\n" + dump());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Returns once the latch is open. */
  static void released(CountDownLatch latch) {
    try {
      if (!latch.await(Math.round(PATIENCE_SECONDS * 1e9), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("not within " + PATIENCE_SECONDS + " s: released\n" + dump());
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a thread that waits for a test", e);
    }
  }

  /** Starts a call on a thread of its own. */
  static Thread start(FutureTask<?> call) {
    Thread thread = new Thread(call, "call");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Returns once the thread waits for what another one does; fails if it ends instead. */
  static void waiting(Thread thread) throws IOException {
    until("a call waits", () -> isWaiting(thread) || !thread.isAlive());
    if (!thread.isAlive()) {
      throw new AssertionError("a call has ended instead of waiting");
    }
  }

  /** Whether the store's own thread waits, and not only for a time: it has done all there is. */
  static boolean isIdle(Disk disk) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("space-store " + disk.show("")))
        .allMatch(thread -> thread.getState() == Thread.State.WAITING && isWaiting(thread));
  }

  /** Locks and latches do not count: the former are soon free, the latter are those of tests. */
  private static boolean isWaiting(Thread thread) {
    Thread.State state = thread.getState();
    return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
        && !(LockSupport.getBlocker(thread) instanceof AbstractQueuedSynchronizer);
  }

  private static String dump() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              text.append(thread).append(' ').append(thread.getState()).append('\n');
              Stream.of(frames).forEach(frame -> text.append("\tat ").append(frame).append('\n'));
            });
    return text.toString();
  }
}
