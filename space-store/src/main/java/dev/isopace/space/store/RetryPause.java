package dev.isopace.space.store;

import java.util.concurrent.TimeUnit;

/** When work that has failed is to be tried again. Guarded by the log's lock. */
final class RetryPause {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How often that is doubled, while attempts fail and nothing else happens. */
  private static final int DOUBLINGS = 6;

  /** How many attempts have failed since one succeeded. */
  private int failures;

  /** When the last of them did; it is not repeated at once. */
  private long failedAt;

  /** Whether it is to be repeated although nothing else happens. */
  private boolean isRetryAhead;

  void succeeded() {
    failures = 0;
    isRetryAhead = false;
  }

  void failed() {
    failures++;
    failedAt = System.nanoTime();
    isRetryAhead = true;
  }

  /** Whether it is too early to try again, whatever happens. */
  boolean isPausing() {
    return failures > 0 && System.nanoTime() - failedAt < PAUSE_NANOS;
  }

  /** After how long to try again although nothing else happens; if never, {@code MAX_VALUE}. */
  long nanosToRetry() {
    if (!isRetryAhead) {
      return Long.MAX_VALUE;
    }
    long pause = PAUSE_NANOS << Math.min(failures - 1, DOUBLINGS);
    return pause - (System.nanoTime() - failedAt);
  }

  /** Ends the wait for a retry that is due: whoever calls this looks for all that can be done. */
  void endIfDue() {
    if (nanosToRetry() <= 0) {
      isRetryAhead = false;
    }
  }
}
