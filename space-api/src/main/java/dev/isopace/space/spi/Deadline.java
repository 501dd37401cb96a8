package dev.isopace.space.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The end of a wait, fixed when the call begins, so that neither a spurious wake-up nor a lost race
 * starts the time again. Immutable.
 */
public final class Deadline {
  /** The deadline that never passes. */
  public static final Deadline NEVER = new Deadline(Long.MAX_VALUE, System::nanoTime);

  private final long timeout;
  private final LongSupplier clock;
  private final long end;

  private Deadline(long timeout, LongSupplier clock) {
    this.timeout = timeout;
    this.clock = clock;
    // May overflow; only the difference to a later reading of the clock is looked at.
    this.end = timeout == Long.MAX_VALUE ? 0 : clock.getAsLong() + timeout;
  }

  /**
   * Creates a deadline relative to now, by {@link System#nanoTime}.
   *
   * @param timeout how far from now; zero or less has passed already, and more than the 292 years
   *     that the clock can express means never
   * @return the deadline
   */
  public static Deadline after(Duration timeout) {
    return after(timeout, System::nanoTime);
  }

  /**
   * Creates a deadline by a clock of the caller's own. {@link #park} still waits by real time.
   *
   * @param timeout how far from the clock's present reading
   * @param clock a monotonic clock, in nanoseconds
   * @return the deadline
   */
  public static Deadline after(Duration timeout, LongSupplier clock) {
    Objects.requireNonNull(clock, "clock");
    long nanos = TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(timeout, "timeout"));
    return nanos == Long.MAX_VALUE ? NEVER : new Deadline(Math.max(0, nanos), clock);
  }

  /**
   * Returns whether this deadline lets its caller wait at all.
   *
   * @return false if the timeout that it was made from was zero or less
   */
  public boolean allowsWaiting() {
    return timeout > 0;
  }

  /**
   * Returns whether the time is over.
   *
   * @return true once the timeout has passed
   */
  public boolean hasPassed() {
    return remainingNanos() <= 0;
  }

  /**
   * Returns how much time is left.
   *
   * @return nanoseconds, zero or less once the timeout has passed; {@link Long#MAX_VALUE} if the
   *     deadline never passes
   */
  public long remainingNanos() {
    return timeout == Long.MAX_VALUE ? Long.MAX_VALUE : end - clock.getAsLong();
  }

  /**
   * Parks the calling thread until it is unparked or interrupted, or the deadline passes; it may
   * also return spuriously. The caller must check again what it waits for.
   *
   * @param blocker what the thread waits for, as monitoring tools show it
   */
  public void park(Object blocker) {
    if (timeout == Long.MAX_VALUE) {
      Tenacity.park(blocker);
    } else {
      Tenacity.park(blocker, remainingNanos());
    }
  }
}
