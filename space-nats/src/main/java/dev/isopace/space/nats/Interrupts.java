package dev.isopace.space.nats;

import org.jspecify.annotations.Nullable;

/** What an interrupt does to a wait: it ends it, or is kept until its end. */
final class Interrupts {
  private Interrupts() {}

  /** A wait that can be made again after an interrupt, and then ends when it would have ended. */
  interface Wait {
    /** Waits; returns whether what it waits for is there. */
    boolean await() throws InterruptedException;
  }

  /** Waits, whatever the flag, which is set again at the end. */
  static boolean outlast(Wait wait) {
    return Call.uninterrupted(() -> await(null, wait));
  }

  /**
   * Waits on behalf of a call: an interrupt ends the wait if the call is one that waits for an
   * entry; otherwise, and if there is no call, the flag is set again at the end.
   */
  static boolean await(@Nullable Call call, Wait wait) throws InterruptedException {
    boolean wasInterrupted = false;
    try {
      for (; ; ) {
        try {
          return wait.await();
        } catch (InterruptedException e) {
          if (call != null) {
            call.heedInterrupt();
          }
          wasInterrupted = true;
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
