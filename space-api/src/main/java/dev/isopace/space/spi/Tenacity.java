package dev.isopace.space.store;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/**
 * What threads do to wait for each other, done also where there is no memory for a while. Whoever
 * failed at it would leave others waiting for ever.
 */
final class Tenacity {
  /** These take more of the stack, if only 7 KiB, than any call of a store. */
  private static final int FRAMES = 128;

  private Tenacity() {}

  /**
   * Fails, before anything has been done, if the caller has used up its stack: in the middle it
   * might have to leave a lock taken. It takes half a microsecond, which is much where nothing is
   * synced, and little beside a force.
   */
  static void requireStack() {
    descend(FRAMES, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** The parameters are what makes a frame large. */
  private static long descend(
      int frames,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k,
      long l) {
    return frames == 0
        ? a + b + c + d + e + f + g + h + i + j + k + l
        : descend(frames - 1, b, c, d, e, f, g, h, i, j, k, l, a + frames) + a + h;
  }

  /** Takes a lock. To wait in line for it may need memory. */
  static void lock(Lock lock) {
    while (true) {
      try {
        lock.lock();
        return;
      } catch (OutOfMemoryError e) {
        Thread.onSpinWait();
      }
    }
  }

  /**
   * Parks, or does not: the caller looks again for what it waits for. A virtual thread may fail.
   */
  static void park(Object blocker) {
    try {
      LockSupport.park(blocker);
    } catch (OutOfMemoryError e) {
      Thread.onSpinWait();
    }
  }

  /** Wakes a thread. If that is a virtual one, it must be handed to a scheduler. */
  static void unpark(Thread thread) {
    while (true) {
      try {
        LockSupport.unpark(thread);
        return;
      } catch (OutOfMemoryError e) {
        Thread.onSpinWait();
      }
    }
  }
}
