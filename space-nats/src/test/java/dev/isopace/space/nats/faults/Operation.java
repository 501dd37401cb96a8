package dev.isopace.space.nats.faults;

import org.jspecify.annotations.Nullable;

/**
 * A call on one key, as its caller saw it. Written values are distinct.
 *
 * @param kind what it does to a queue
 * @param value what it wrote, took or saw; of a take in doubt, what it may have taken; null if it
 *     found nothing, or that is not known
 * @param count what it counted
 * @param begin an instant before it was made
 * @param end an instant after it returned
 * @param outcome what the caller knows
 */
record Operation(
    Kind kind, @Nullable String value, long count, long begin, long end, Outcome outcome) {
  /** What calls do to a queue. */
  enum Kind {
    /** Appends the value. */
    WRITE,
    /** Removes the head, or finds none. */
    TAKE,
    /** Sees the head, or finds none. */
    READ,
    /** Sees how many entries there are. */
    COUNT
  }

  /** What a caller knows. */
  enum Outcome {
    /** It took effect, and answered. */
    RETURNED,
    /** It has changed nothing. */
    FAILED,
    /** It may have taken effect, or may still. */
    IN_DOUBT
  }

  boolean hasReturned() {
    return outcome == Outcome.RETURNED;
  }

  boolean isInDoubt() {
    return outcome == Outcome.IN_DOUBT;
  }
}
