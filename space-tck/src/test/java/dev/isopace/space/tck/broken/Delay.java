package dev.isopace.space.tck.broken;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How a broken space takes its time. */
final class Delay {
  private Delay() {}

  /** Opens the window of a race, so that others come through it on a single processor, too. */
  @SuppressWarnings("ThreadPriorityCheck")
  static void letOthersRun() {
    Thread.yield();
  }

  /** Lets all of the time pass, also when the thread is interrupted. */
  static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
