package dev.isopace.space.store;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.spi.Arguments;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How an operation has ended.
 *
 * @param kind which of three things
 * @param cause why it was not done, or may not have been; null if it was
 */
record Outcome(Kind kind, @Nullable Throwable cause) {
  enum Kind {
    DONE,
    /** Nothing has changed. */
    REFUSED,
    /** It may take effect when the store is opened again. */
    UNKNOWN
  }

  static final Outcome DONE = new Outcome(Kind.DONE, null);

  // Reported where no memory is left to report more.
  @SuppressWarnings("StaticAssignmentOfThrowable") // there would be no memory to make it
  private static final Throwable UNTOLD = new OutOfMemoryError("no memory was left to say why");

  private static final Outcome REFUSED = new Outcome(Kind.REFUSED, UNTOLD);
  private static final Outcome UNKNOWN = new Outcome(Kind.UNKNOWN, UNTOLD);

  /** Never fails. */
  static Outcome refused(Throwable cause) {
    try {
      return new Outcome(Kind.REFUSED, cause);
    } catch (OutOfMemoryError e) {
      return REFUSED;
    }
  }

  /** Never fails. */
  static Outcome unknown(Throwable cause) {
    try {
      return new Outcome(Kind.UNKNOWN, cause);
    } catch (OutOfMemoryError e) {
      return UNKNOWN;
    }
  }

  /**
   * Throws unless the operation was done.
   *
   * @param payload the entry that was to be taken, which the exception carries if that is in doubt;
   *     null if there was none
   */
  void require(String operation, String key, byte @Nullable [] payload) throws IOException {
    if (kind == Kind.DONE) {
      return;
    }
    String what = Arguments.call(operation, key);
    if (kind == Kind.REFUSED) {
      throw new IOException(what + ": nothing has changed: " + message(cause), cause);
    }
    String doubt =
        what
            + ": it is not known whether it took effect; the store can only be closed, and shows"
            + " it when it is opened again: "
            + message(cause);
    throw payload == null
        ? new IndeterminateException(doubt, cause)
        : new IndeterminateException(doubt, cause, payload);
  }

  static String message(@Nullable Throwable cause) {
    if (cause == null) {
      return "";
    }
    String message = cause instanceof IOException ? cause.getMessage() : null;
    return message == null ? cause.toString() : message;
  }
}
