package dev.isopace.space.spi;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Codec} whose failures, null results among them, are {@link SpaceException}s that name
 * the operation and the key; only a {@link VirtualMachineError} passes as it is. Thread-safe, as
 * codecs must be.
 *
 * @param <V> the type of the values
 */
public final class Coder<V> {
  private final Codec<V> codec;

  /**
   * Wraps a codec.
   *
   * @param codec the codec
   */
  public Coder(Codec<V> codec) {
    this.codec = Objects.requireNonNull(codec, "codec");
  }

  /**
   * Encodes a value for {@code out}.
   *
   * @param key the key it goes to
   * @param value the value
   * @return its encoded form
   * @throws SpaceException if the codec throws, which is then the cause, or returns null
   */
  public byte[] encode(String key, V value) {
    byte[] bytes;
    try {
      bytes = codec.encode(value);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      throw failure("out", key, "the codec could not encode the value; nothing was stored", e);
    }
    if (bytes == null) {
      throw failure("out", key, "the codec encoded the value as null; nothing was stored", null);
    }
    return bytes;
  }

  /**
   * Decodes the head of a key, before it is removed.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key
   * @param bytes the entry
   * @return its value
   * @throws SpaceException if the codec throws, which is then the cause, or returns null
   */
  public V decode(String operation, String key, byte[] bytes) {
    V value;
    try {
      value = codec.decode(bytes);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      throw failure(operation, key, undecodable("could not decode the head", bytes), e);
    }
    if (value == null) {
      throw failure(operation, key, undecodable("decoded the head as null", bytes), null);
    }
    return value;
  }

  private static String undecodable(String what, byte[] bytes) {
    return "the codec "
        + what
        + " ("
        + bytes.length
        + " bytes), which stays where it is; a handle with Codec.bytes() can take it";
  }

  private static SpaceException failure(
      String operation, String key, String what, @Nullable Throwable cause) {
    String message = Arguments.call(operation, key) + ": " + what;
    return new SpaceException(cause == null ? message : message + ": " + cause, cause);
  }
}
