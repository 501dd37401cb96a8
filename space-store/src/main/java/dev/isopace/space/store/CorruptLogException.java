package dev.isopace.space.store;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a store that had been durable are not what was written: the device, the file system or
 * somebody else changed or lost them. The store has changed nothing; {@link Store#salvage} makes a
 * fresh store of what can still be read.
 */
public final class CorruptLogException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The file, as the message names it. */
  private final String file;

  /** Where in the file the damage begins, in bytes. */
  private final long offset;

  /**
   * Creates an exception for damage at a place.
   *
   * @param file the file, as the message names it
   * @param offset where in the file the damage begins, in bytes
   * @param what what is wrong there
   */
  CorruptLogException(String file, long offset, String what) {
    this(file, offset, what, null);
  }

  /**
   * Creates an exception for damage at a place, found by another failure.
   *
   * @param file the file, as the message names it
   * @param offset where in the file the damage begins, in bytes
   * @param what what is wrong there
   * @param cause the failure that revealed it, or null
   */
  CorruptLogException(String file, long offset, String what, @Nullable Throwable cause) {
    super(
        Objects.requireNonNull(file, "file")
            + " is damaged at offset "
            + offset
            + ": "
            + what
            + "; Store.salvage makes a fresh store of what can be read",
        cause);
    this.file = file;
    this.offset = offset;
  }

  /**
   * Returns which file is damaged.
   *
   * @return its path
   */
  public String file() {
    return file;
  }

  /**
   * Returns where the damage begins.
   *
   * @return bytes from the beginning of the file
   */
  public long offset() {
    return offset;
  }
}
