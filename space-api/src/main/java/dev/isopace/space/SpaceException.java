package dev.isopace.space;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A space failed. The message names the operation, the key where there is one, and the cause.
 *
 * <p>Unless it is an {@link IndeterminateException}, the operation has changed nothing. A {@code
 * close} that throws it has closed the handle nevertheless.
 */
public class SpaceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message what happened, to which operation and key, and what to do
   */
  public SpaceException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what happened, to which operation and key, and what to do
   * @param cause what made the operation fail, or null
   */
  public SpaceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
