package dev.isopace.space.nats;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the changes that are on their way to the server, so that close can wait for them: their
 * outcome is worth a moment, since without it their callers are in doubt. Once it is shut, nobody
 * gets in.
 */
final class Gate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private int inside;
  private boolean isShut;

  /** Gets in, unless it is shut. */
  boolean enter() {
    lock.lock();
    try {
      if (isShut) {
        return false;
      }
      inside++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      inside--;
      if (inside == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in any longer, and waits until all are out, or the time is over. */
  void shut(long millis) {
    boolean interrupted = false;
    lock.lock();
    try {
      isShut = true;
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (inside > 0 && left > 0) {
        try {
          left = empty.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
