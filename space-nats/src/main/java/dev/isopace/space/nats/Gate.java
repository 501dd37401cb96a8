package dev.isopace.space.nats;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Counts the changes that are on their way to the server, so that who ends the connection can wait
 * for them: their outcome is worth a moment, since without it their callers are in doubt. Once it
 * is shut, nobody gets in; while it is held, those who want to wait.
 */
final class Gate {
  /** When somebody got in. */
  enum Admission {
    AT_ONCE,

    /** It was held. */
    LATER,

    /** It is shut. */
    NEVER
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int inside;
  private boolean isHeld;

  /** When that ends by itself. */
  private long heldUntil;

  private boolean isShut;

  /** Gets in, unless it is shut; takes no notice of interrupts, as none waits here for long. */
  Admission enter() {
    lock.lock();
    try {
      boolean mustWait = isHeld;
      if (mustWait) {
        await(() -> !isHeld || isShut, heldUntil - System.nanoTime());
      }
      if (isShut) {
        return Admission.NEVER;
      }
      inside++;
      return mustWait ? Admission.LATER : Admission.AT_ONCE;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      inside--;
      if (inside == 0) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets nobody in until it is released, or that takes too long, which is twice the time given; and
   * waits until all are out, or the time is over. Returns false if it is shut.
   */
  boolean hold(long millis) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      isHeld = true;
      heldUntil = System.nanoTime() + 2 * nanos;
      await(() -> inside == 0 || isShut, nanos);
      return !isShut;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what {@link #hold} began. */
  void release() {
    lock.lock();
    try {
      isHeld = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in any longer, and waits until all are out, or the time is over. */
  void shut(long millis) {
    lock.lock();
    try {
      isShut = true;
      changed.signalAll();
      await(() -> inside == 0, TimeUnit.MILLISECONDS.toNanos(millis));
    } finally {
      lock.unlock();
    }
  }

  /** Waits with the lock held; an interrupt does not end that, and the flag stays set. */
  private void await(BooleanSupplier condition, long nanos) {
    long end = System.nanoTime() + nanos;
    Interrupts.outlast(
        () -> {
          for (long left = end - System.nanoTime();
              left > 0 && !condition.getAsBoolean();
              left = end - System.nanoTime()) {
            changed.awaitNanos(left);
          }
          return condition.getAsBoolean();
        });
  }
}
