package dev.isopace.space.nats;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits of calling threads. The code that brings the news must unpark them. */
final class Parking {
  private Parking() {}

  /**
   * Waits until a condition holds, or the time is over, and returns whether it holds.
   *
   * @param call an interrupt ends the wait if the call is one that waits for an entry; otherwise
   *     the flag is set again at the end
   */
  static boolean await(Call call, BooleanSupplier condition, long nanos)
      throws InterruptedException {
    long end = nanos == Long.MAX_VALUE ? 0 : System.nanoTime() + nanos;
    return Interrupts.await(
        call,
        () -> {
          while (!condition.getAsBoolean()) {
            // With the flag set no park would wait.
            if (Thread.interrupted()) {
              throw new InterruptedException();
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
        });
  }

  /** A time at random, so long at most: those that wait for the same do not go on at once. */
  static long atRandom(long longestNanos) {
    return ThreadLocalRandom.current().nextLong(longestNanos + 1);
  }

  /** Lets some time pass. */
  static void pause(Call call, long nanos) throws InterruptedException {
    await(call, () -> false, nanos);
  }
}
