package dev.isopace.space.nats;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Permits that a call waits for with the patience, and the regard for interrupts, that it has. */
final class Permits {
  private Permits() {}

  /** Acquires a permit, and returns whether it had to wait; throws if it has waited enough. */
  static boolean acquire(Semaphore semaphore, Call call, Link link) throws InterruptedException {
    if (semaphore.tryAcquire()) {
      return false;
    }
    if (Interrupts.await(
        call, () -> semaphore.tryAcquire(call.patience(true), TimeUnit.NANOSECONDS))) {
      return true;
    }
    throw Failures.noAnswer(call, "other calls of this handle wait for one", link.trouble());
  }
}
