package dev.isopace.space;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The operation was called on a handle that is closed, or the handle was closed while the operation
 * waited. It has changed nothing; entries that remain can be reached through another handle, where
 * the backend keeps them.
 */
public class SpaceClosedException extends SpaceException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception for a closed handle.
   *
   * @param message which operation found which handle closed
   */
  public SpaceClosedException(String message) {
    super(message);
  }

  /**
   * Creates an exception for a handle that was closed for a reason.
   *
   * @param message which operation found which handle closed
   * @param cause why the handle is closed, or null
   */
  public SpaceClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
