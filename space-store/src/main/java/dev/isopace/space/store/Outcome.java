package dev.isopace.space.store;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.spi.Arguments;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What has become of an operation.
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

  static Outcome refused(Throwable cause) {
    return new Outcome(Kind.REFUSED, cause);
  }

  static Outcome unknown(Throwable cause) {
    return new Outcome(Kind.UNKNOWN, cause);
  }

  /**
   * Throws unless the operation was done.
   *
   * @param removal what was to take an entry, which the exception tells if it is in doubt; else
   *     null
   */
  void require(String operation, String key, @Nullable Removal removal) throws IOException {
    if (kind == Kind.DONE) {
      return;
    }
    String what = operation + " of key " + Arguments.show(key);
    if (kind == Kind.REFUSED) {
      throw new IOException(what + ": nothing has changed: " + message(cause), cause);
    }
    String doubt =
        what
            + ": it is not known whether it took effect; the store can only be closed, and shows"
            + " it when it is opened again: "
            + message(cause);
    throw removal == null
        ? new IndeterminateException(doubt, cause)
        : new IndeterminateException(doubt, cause, removal.payload());
  }

  static String message(@Nullable Throwable cause) {
    return cause == null
        ? ""
        : cause instanceof IOException ? cause.getMessage() : cause.toString();
  }
}
