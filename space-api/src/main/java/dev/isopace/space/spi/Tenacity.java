package dev.isopace.space.spi;

import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What threads do to wait for each other, and to hand on what was taken, done also where there is
 * no memory for a while. Whoever failed at it would leave others waiting for ever, or lose an entry
 * that is nobody else's any more.
 *
 * <p>None of it throws OutOfMemoryError: what must succeed is tried until there is memory.
 */
public final class Tenacity {
  /** So many take more of the stack, if only 7 KiB, than any call of a backend here. */
  private static final int FRAMES = 128;

  private Tenacity() {}

  /**
   * Fails, before anything has been done, if the caller has used up its stack: in the middle it
   * might have to leave a lock taken. It takes half a microsecond, which is much beside a few
   * changes in memory, and little beside a disk or a thread that must be woken.
   *
   * @throws StackOverflowError if less than some 7 KiB are left
   */
  public static void requireStack() {
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

  /**
   * Takes a lock. To wait in line for it may need memory.
   *
   * @param lock the lock
   */
  public static void lock(Lock lock) {
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
   *
   * @param blocker what the thread waits for, as monitoring tools show it
   */
  public static void park(Object blocker) {
    try {
      LockSupport.park(blocker);
    } catch (OutOfMemoryError e) {
      Thread.onSpinWait();
    }
  }

  /**
   * The same, for no longer than a time.
   *
   * @param blocker what the thread waits for
   * @param nanos how long, in nanoseconds; not at all if it is zero or less
   */
  public static void park(Object blocker, long nanos) {
    try {
      LockSupport.parkNanos(blocker, nanos);
    } catch (OutOfMemoryError e) {
      Thread.onSpinWait();
    }
  }

  /**
   * Wakes a thread. If that is a virtual one, it must be handed to a scheduler.
   *
   * @param thread the thread
   */
  public static void unpark(Thread thread) {
    while (true) {
      try {
        LockSupport.unpark(thread);
        return;
      } catch (OutOfMemoryError e) {
        Thread.onSpinWait();
      }
    }
  }

  /**
   * What was taken, to be returned.
   *
   * @param <T> its type
   * @param taken what was taken; null if that is nothing
   * @return the same
   */
  public static <T> Optional<T> optional(@Nullable T taken) {
    while (true) {
      try {
        return Optional.ofNullable(taken);
      } catch (OutOfMemoryError e) {
        Thread.onSpinWait();
      }
    }
  }
}
