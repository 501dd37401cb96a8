package dev.isopace.space;

import java.io.Serial;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An operation may or may not have taken effect, and the backend cannot find out: for instance a
 * connection broke after a request was sent and before its reply came. The message names the
 * operation and the key.
 *
 * <p>After an {@code out}, the caller may look for the entry, or write it again if its receivers
 * recognise duplicates. After a take, a caller that is the only taker of the key can look into the
 * space: the entry is gone, or it is still the head.
 */
public class IndeterminateException extends SpaceException {
  @Serial private static final long serialVersionUID = 1L;

  /** The encoded value of the entry; null where it is not known. */
  private final byte @Nullable [] payload;

  /**
   * Creates an exception for an operation whose outcome is unknown.
   *
   * @param message which operation, for what key, and what to do
   */
  public IndeterminateException(String message) {
    super(message);
    this.payload = null;
  }

  /**
   * Creates an exception for an operation whose outcome is unknown, with the cause.
   *
   * @param message which operation, for what key, and what to do
   * @param cause why the outcome is unknown, or null
   */
  public IndeterminateException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.payload = null;
  }

  /**
   * Creates an exception for a take whose outcome is unknown, and whose entry is known.
   *
   * @param message which operation, for what key, and what to do
   * @param cause why the outcome is unknown, or null
   * @param payload the encoded value of the entry, copied here
   */
  public IndeterminateException(String message, @Nullable Throwable cause, byte[] payload) {
    super(message, cause);
    this.payload = Objects.requireNonNull(payload, "payload").clone();
  }

  /**
   * Returns the encoded value of the entry that a take may have removed.
   *
   * @return a copy of the value as the {@link Codec} had encoded it; empty for other operations,
   *     and where it is not known
   */
  public Optional<byte[]> payload() {
    return Optional.ofNullable(payload).map(byte[]::clone);
  }
}
