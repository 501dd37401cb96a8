package dev.isopace.space.nats;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Waits of calling threads, which whoever brings the news must unpark. */
final class Parking {
  private Parking() {}

  /**
   * Waits until a condition holds, or the time is over, and returns whether it holds.
   *
   * @param call an interrupt ends the wait if the call is one that waits for an entry; else the
   *     flag is set again at the end
   */
  static boolean await(Call call, BooleanSupplier condition, long nanos)
      throws InterruptedException {
    return await(condition, nanos, call.stays ? call : null);
  }

  /** The same for what has begun and cannot be called off. */
  static boolean awaitUninterruptibly(BooleanSupplier condition, long nanos) {
    try {
      return await(condition, nanos, null);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody asked for this exception", e);
    }
  }

  /** Lets some time pass. */
  static void pause(Call call, long nanos) throws InterruptedException {
    await(call, () -> false, nanos);
  }

  private static boolean await(BooleanSupplier condition, long nanos, @Nullable Call interruptible)
      throws InterruptedException {
    long end = nanos == Long.MAX_VALUE ? 0 : System.nanoTime() + nanos;
    boolean wasInterrupted = false;
    try {
      while (!condition.getAsBoolean()) {
        // With the flag set no park would wait.
        if (Thread.interrupted()) {
          if (interruptible != null) {
            throw interruptible.interrupted();
          }
          wasInterrupted = true;
        }
        if (nanos == Long.MAX_VALUE) {
          LockSupport.park(Parking.class);
        } else {
          long left = end - System.nanoTime();
          if (left <= 0) {
            return false;
          }
          LockSupport.parkNanos(Parking.class, left);
        }
      }
      return true;
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
