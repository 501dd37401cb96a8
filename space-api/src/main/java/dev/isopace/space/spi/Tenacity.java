package dev.isopace.space.spi;

import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Locking, parking and waking that survive a temporary lack of memory. A failure of these would
 * leave others waiting for ever, or lose an entry that was already taken.
 *
 * <p>None of these methods throws OutOfMemoryError; they retry until there is memory. {@code park}
 * does not throw StackOverflowError either: a caller that has not asked for stack ahead, by {@link
 * #requireStack}, may then be busy until it has got what it waits for.
 */
public final class Tenacity {
  private Tenacity() {}

  /**
   * Fails if the caller has nearly used up its stack, so that it does so before the operation
   * begins; in mid-operation that might leave a lock held, or somebody waiting for ever. Costs less
   * than a nanosecond on HotSpot.
   *
   * @throws StackOverflowError if less than some 7 KiB are left; other JVMs than HotSpot may notice
   *     that only later
   */
  public static void requireStack() {
    StackRoom.require();
  }

  /**
   * Takes a lock. Waiting for it may need memory.
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
   * Parks, or returns at once: the caller must check again what it waits for. Parking a virtual
   * thread may fail for want of memory, or of stack; then it returns at once, too.
   *
   * @param blocker what the thread waits for, as monitoring tools show it
   */
  public static void park(Object blocker) {
    try {
      LockSupport.park(blocker);
    } catch (OutOfMemoryError | StackOverflowError e) {
      Thread.onSpinWait();
    }
  }

  /**
   * Parks for at most the given time, or returns at once: the caller must check again what it waits
   * for.
   *
   * @param blocker what the thread waits for
   * @param nanos how long, in nanoseconds; not at all if it is zero or less
   */
  public static void park(Object blocker, long nanos) {
    try {
      LockSupport.parkNanos(blocker, nanos);
    } catch (OutOfMemoryError | StackOverflowError e) {
      Thread.onSpinWait();
    }
  }

  /**
   * Lets other threads have the processor, or the carrier. For a virtual thread this may fail for
   * want of memory, or of stack; then it returns at once.
   */
  @SuppressWarnings("ThreadPriorityCheck") // A hint is all that is wanted.
  public static void yieldOrSpin() {
    try {
      Thread.yield();
    } catch (OutOfMemoryError | StackOverflowError e) {
      Thread.onSpinWait();
    }
  }

  /**
   * Wakes a thread. A virtual one must be handed to a scheduler, which may need memory. On Java 21
   * and 22, whose virtual threads take a second attempt for one that is not needed, such a thread
   * may stay asleep if the first lacked memory.
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
   * Wraps what was taken in an {@code Optional}.
   *
   * @param <T> its type
   * @param taken what was taken, or null for nothing
   * @return an {@code Optional} of it
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
