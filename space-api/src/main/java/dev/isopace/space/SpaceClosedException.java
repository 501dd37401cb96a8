package dev.isopace.space;

import java.io.Serial;

/**
 * The operation was called on a handle that is closed, or the handle was closed while the operation
 * waited. It has changed nothing; entries that remain can be reached through another handle, where
 * the backend keeps them.
 */
public class SpaceClosedException extends SpaceException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * A closed handle.
   *
   * @param message which operation found which handle closed
   */
  public SpaceClosedException(String message) {
    super(message);
  }
}
