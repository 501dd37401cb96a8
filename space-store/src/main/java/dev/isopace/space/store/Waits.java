package dev.isopace.space.store;

import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.io.IOException;

/** How callers who are in line at a key wait to be told something. */
final class Waits {
  private final Engine engine;
  private final Log log;
  private final Lifecycle lifecycle;

  Waits(Engine engine, Lifecycle lifecycle) {
    this.engine = engine;
    this.log = engine.log();
    this.lifecycle = lifecycle;
  }

  /** The line that a caller waits in, and leaves by itself. */
  interface Exits {
    /** Leaves because of an interrupt. False if the waiter was told something before it could. */
    boolean leaveAtOnce(String key, Waiter waiter);

    /**
     * Leaves because the time is over. False if the waiter was told something before it could, or
     * must go on all the same.
     */
    boolean leaveInTime(String key, Waiter waiter);
  }

  /**
   * Waits until the waiter has been told something, or is to try. False if the deadline has passed:
   * then it has left the line.
   */
  boolean await(String operation, String key, Waiter waiter, Deadline deadline, Exits exits)
      throws IOException, InterruptedException {
    for (; ; ) {
      if (waiter.removal != null || waiter.missed != null || waiter.read != null) {
        return true;
      }
      if (waiter.closed || waiter.failure != null) {
        if (isGivenEntry(waiter)) {
          return true;
        }
        lifecycle.requireOpen(operation, key);
        engine.requireSound(operation, key);
      }
      if (Thread.interrupted()) {
        if (exits.leaveAtOnce(key, waiter)) {
          throw Lifecycle.interrupted(operation, key);
        }
        waiter.thread.interrupt();
      } else if (waiter.turn) {
        return true;
      } else if (!deadline.hasPassed()) {
        deadline.park(this);
      } else if (exits.leaveInTime(key, waiter)) {
        return false;
      }
    }
  }

  /**
   * Whether it was given an entry, although it was told something else: a claim may fail the store,
   * and everybody is told of that, before it tells of its removal; but it has the lock until then.
   */
  private boolean isGivenEntry(Waiter waiter) {
    Tenacity.lock(log.lock);
    try {
      return waiter.removal != null || waiter.read != null;
    } finally {
      log.lock.unlock();
    }
  }
}
