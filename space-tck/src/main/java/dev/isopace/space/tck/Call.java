package dev.isopace.space.tck;

import org.jspecify.annotations.Nullable;

/**
 * A call of a {@link History}, on the one key that the history is about.
 *
 * @param caller who made it; calls of one caller do not overlap
 * @param operation what was called, as it is shown
 * @param kind what it does to a queue
 * @param value what it wrote or received; null if it found nothing, or has not returned
 * @param count what it counted
 * @param begin an instant before it was made, in nanoseconds of any clock
 * @param end an instant after it returned, or {@link #NEVER}: then it may have taken effect or not,
 *     or may still
 */
record Call(
    String caller,
    String operation,
    Kind kind,
    @Nullable String value,
    long count,
    long begin,
    long end) {
  static final long NEVER = Long.MAX_VALUE;

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

  boolean hasReturned() {
    return end != NEVER;
  }

  Call returned(@Nullable String received, long counted, long at) {
    return new Call(caller, operation, kind, received, counted, begin, at);
  }

  /**
   * Returns the call as one that was reported to its caller as in doubt; the caller has gone on.
   */
  Call inDoubt() {
    return new Call(caller, operation + "?", kind, value, count, begin, NEVER);
  }

  boolean isInDoubt() {
    return operation.endsWith("?");
  }

  /**
   * Returns the call as if it had been cut off before it returned, so that what it received is not
   * known.
   */
  Call unreturned() {
    return new Call(caller, operation, kind, kind == Kind.WRITE ? value : null, 0, begin, NEVER);
  }

  @Override
  public String toString() {
    String given = kind == Kind.WRITE ? operation + "(" + value + ")" : operation + "()";
    if (!hasReturned()) {
      return given + " has not returned";
    }
    return switch (kind) {
      case WRITE -> given;
      case COUNT -> given + " = " + count;
      case TAKE, READ -> given + " = " + (value == null ? "nothing" : value);
    };
  }
}
