package dev.isopace.space.tck;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The memory that is in use. */
final class Heap {
  private static final int COLLECTIONS = 5;

  private Heap() {}

  /** Returns whether the virtual machine collects garbage when it is asked to. */
  static boolean canBeMeasured() {
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    for (int i = 0; i < COLLECTIONS && !garbage.refersTo(null); i++) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return garbage.refersTo(null);
  }

  /**
   * Returns the bytes in use once garbage is collected, which is done several times since one
   * collection leaves work for the next.
   */
  static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
