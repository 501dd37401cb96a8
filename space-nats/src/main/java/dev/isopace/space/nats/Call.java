package dev.isopace.space.nats;

import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call of an operation: what it is, and how long it waits for an entry and for an answer. */
final class Call {
  /** How long after its deadline a timed call waits for the answer to a question that is out. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  final String operation;
  final @Nullable String key;
  final Deadline deadline;

  /** Whether it waits for an entry if there is none. */
  final boolean stays;

  final long begun = System.nanoTime();
  private final long timeoutNanos;

  /** What remains of the patience of a call that an interrupt should end, but cannot at once. */
  private final long patienceAfterInterrupt;

  /** When the flag was first seen; 0 if it was not. Only its own thread uses this. */
  private long interruptedAt;

  private Call(
      String operation,
      @Nullable String key,
      Deadline deadline,
      boolean stays,
      long timeoutNanos,
      long patienceAfterInterrupt) {
    this.operation = operation;
    this.key = key;
    this.deadline = deadline;
    this.stays = stays;
    this.timeoutNanos = timeoutNanos;
    this.patienceAfterInterrupt = patienceAfterInterrupt;
  }

  /** A call that waits for an entry; an interrupt ends it. */
  static Call waiting(String operation, String key, Deadline deadline, long timeoutNanos) {
    return new Call(operation, key, deadline, true, timeoutNanos, 0);
  }

  /** A call that waits for answers of the server only, and takes no notice of interrupts. */
  static Call immediate(String operation, @Nullable String key, long timeoutNanos) {
    return new Call(operation, key, Deadline.NEVER, false, timeoutNanos, Long.MAX_VALUE);
  }

  /**
   * A question on behalf of this call whose answer it cannot do without: it goes on for as long as
   * the call may, and for the time of an answer more; that long after an interrupt, too.
   */
  Call withoutEnd() {
    long more = sum(stays ? Math.max(0, deadline.remainingNanos()) : 0, timeoutNanos);
    return new Call(operation, key, Deadline.NEVER, false, more, timeoutNanos);
  }

  /** The same call, whose patience begins once more: for another of its questions. */
  Call anew() {
    return new Call(operation, key, deadline, stays, timeoutNanos, patienceAfterInterrupt);
  }

  /** For how long it goes on asking, in nanoseconds; zero or less if it has waited enough. */
  long patience(boolean isConnected) {
    if (stays) {
      long left = deadline.remainingNanos();
      return isConnected ? sum(left, Math.min(GRACE_NANOS, timeoutNanos)) : left;
    }
    long now = System.nanoTime();
    long left = timeoutNanos == Long.MAX_VALUE ? timeoutNanos : begun + timeoutNanos - now;
    if (Thread.currentThread().isInterrupted()) {
      noteInterrupt();
    }
    return interruptedAt == 0 || patienceAfterInterrupt == Long.MAX_VALUE
        ? left
        : Math.min(left, interruptedAt + patienceAfterInterrupt - now);
  }

  /** The part of a time that it can spare: the rest of its timeout is for the server's answers. */
  long sparing(long nanos) {
    return Math.min(nanos, timeoutNanos / 4);
  }

  /** For ever, if there is no number for it. */
  private static long sum(long nanos, long more) {
    return nanos > Long.MAX_VALUE - more ? Long.MAX_VALUE : nanos + more;
  }

  private void noteInterrupt() {
    if (interruptedAt == 0) {
      interruptedAt = System.nanoTime();
    }
  }

  /** Its thread was interrupted: throws if that ends the call. */
  void heedInterrupt() throws InterruptedException {
    if (stays) {
      throw interrupted();
    }
    noteInterrupt();
  }

  /** Whether it need not wait for an entry, or no longer: one that does not stay always has. */
  boolean hasWaitedEnough() {
    return !stays || deadline.hasPassed();
  }

  /** What a call asks that takes no notice of interrupts. */
  interface Question<T extends @Nullable Object> {
    T ask() throws InterruptedException;
  }

  static <T extends @Nullable Object> T uninterrupted(Question<T> question) {
    try {
      return question.ask();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a call that takes no notice of interrupts threw", e);
    }
  }

  InterruptedException interrupted() {
    return Lifecycle.interrupted(operation, key);
  }

  /** As messages begin: {@code in("jobs")}. */
  @Override
  public String toString() {
    return Arguments.call(operation, key);
  }
}
