package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
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
    if (tryAcquire(semaphore, call)) {
      return true;
    }
    throw waitedEnough(call, link);
  }

  /** Acquires a permit; false if the call has waited enough. */
  static boolean tryAcquire(Semaphore semaphore, Call call) throws InterruptedException {
    return Interrupts.await(
        call, () -> semaphore.tryAcquire(call.patience(true), TimeUnit.NANOSECONDS));
  }

  /** What a call says that got none. */
  static SpaceException waitedEnough(Call call, Link link) {
    return Failures.noAnswer(call, "other calls of this handle wait for one", link.trouble());
  }
}
