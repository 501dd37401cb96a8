package dev.isopace.space.nats;

/**
 * Calls into the client library by threads that may be interrupted. The library hands messages to
 * its writer by a lock and a queue. An interrupt, pending or new, ends the wait for these; the
 * message is then dropped without notice. So the flag is cleared for the time of the call, and set
 * again afterwards. What remains is an interrupt that comes within those microseconds; it is
 * reported to the caller, which must send once more. Of a subscription that ends, the library sends
 * nothing once more, since it has forgotten it by then: where many end at once, that is left to a
 * thread that nobody interrupts.
 */
final class Sending {
  private Sending() {}

  /** Makes a call, and returns whether it surely was not disturbed by an interrupt. */
  static boolean once(Runnable call) {
    boolean before = Thread.interrupted();
    boolean during = false;
    try {
      call.run();
    } finally {
      during = Thread.interrupted();
      if (before || during) {
        Thread.currentThread().interrupt();
      }
    }
    return !during;
  }

  /** Makes a call, which cannot be made again, where no interrupt of the calling thread comes. */
  static void aside(Runnable call) {
    try {
      Threads.callAside(
          "space-nats-send",
          () -> {
            call.run();
            return true;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("an error on a thread aside", e);
    }
  }

  /** Makes a call, and makes it again, after another that undoes it, until it was not disturbed. */
  static void surely(Runnable call, Runnable undo) {
    boolean interrupted = Thread.interrupted();
    try {
      call.run();
      while (Thread.interrupted()) {
        interrupted = true;
        undo.run();
        call.run();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
