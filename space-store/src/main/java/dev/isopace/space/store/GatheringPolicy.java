package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import java.util.concurrent.TimeUnit;

/**
 * How long a leader waits for others to join its batch, once the batch before has landed. Used by
 * the one leader that may fly; the leader of a batch that was cancelled may not have noticed yet,
 * and what that spoils is only a guess.
 *
 * <p>Callers that were woken by the last batch come back at once if they have more to do, and would
 * otherwise miss this one. A leader expects as many as the last batch had, in addition to those
 * that had joined before that one landed. It goes when they are there, or when none has come for
 * half the time that a force takes: a caller that misses a batch waits for a whole one. If nobody
 * came at all, leaders do not wait for a while.
 *
 * <p>It yields the processor at first, so that a few callers are back before it would be asleep.
 * Then it sleeps, and the last caller that is expected wakes it: many callers need both the
 * processors and, if threads are virtual, its carrier.
 */
final class GatheringPolicy {
  // How long to wait for the next to come: half a force, within these bounds; and how long of that
  // the leader is awake.
  private static final long LEAST_PATIENCE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long MOST_PATIENCE_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
  private static final long AWAKE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private static final int MOST_SKIPPED = 32;

  private int lastCount;
  private long lastNanos;
  private int misses;
  private int toSkip;

  /** A batch of so many operations has landed, and took so long. */
  void landed(int count, long nanos) {
    lastCount = count;
    lastNanos = nanos;
  }

  /** Waits for others to join a batch, if that pays. */
  @SuppressWarnings("ThreadPriorityCheck") // those who are expected need this processor
  void gather(Batch batch) {
    if (!batch.followed && lastCount <= 1) {
      return;
    }
    if (toSkip > 0) {
      toSkip--;
      return;
    }
    int expected = lastCount + batch.countBefore;
    batch.expected = expected;
    long patience = Math.max(LEAST_PATIENCE_NANOS, Math.min(MOST_PATIENCE_NANOS, lastNanos / 2));
    int first = batch.count;
    int count = first;
    long since = System.nanoTime();
    while (count < expected) {
      long idle = System.nanoTime() - since;
      if (idle < AWAKE_NANOS) {
        Thread.yield();
      } else if (idle < patience) {
        Tenacity.park(this, patience - idle);
      } else if (count > first) {
        break;
      } else {
        misses = Math.min(MOST_SKIPPED, misses * 2 + 1);
        toSkip = misses;
        return;
      }
      int now = batch.count;
      if (now > count) {
        count = now;
        since = System.nanoTime();
      }
    }
    misses = 0;
  }
}
