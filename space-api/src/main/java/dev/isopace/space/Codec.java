package dev.isopace.space;

import java.util.function.Function;

/**
 * Turns values into bytes and back, for backends that keep entries outside the heap.
 *
 * <p>A backend calls it on the thread of the caller and never under a lock: {@link #encode} once
 * per {@code out}, {@link #decode} each time a call tries to take or read an entry. An
 * implementation must be thread-safe. It must not return null, and once a method has returned, the
 * codec must not use the array any more that it was given or has returned. But the value and the
 * bytes may be one and the same array: {@code encode} may return the value that it was given, which
 * the writer may change later, and {@code decode} may return its argument, which the reader may
 * change. A backend that keeps what {@code encode} returned, or hands {@code decode} an array that
 * it keeps, is therefore not COPYING; it copies both. A null result, like an exception, makes the
 * operation fail with a {@link SpaceException} that names the key; only a {@link
 * VirtualMachineError} is passed on as it is.
 *
 * @param <V> the type of the values
 */
public interface Codec<V> {

  /**
   * Turns a value into bytes.
   *
   * @param value the value
   * @return its encoded form; perhaps the value itself, if that is an array
   */
  byte[] encode(V value);

  /**
   * Turns bytes back into a value.
   *
   * @param bytes what {@link #encode} returned, perhaps in another process; an array that nobody
   *     else uses
   * @return the value; perhaps the array that it was given
   */
  V decode(byte[] bytes);

  /**
   * Returns the codec of strings as UTF-8, without loss: a string with an unpaired surrogate, and
   * bytes that are not valid UTF-8, are refused with an {@link IllegalArgumentException}, never
   * replaced by a substitute character.
   *
   * @return the codec
   */
  static Codec<String> utf8() {
    return Codecs.UTF8;
  }

  /**
   * Returns the codec of byte arrays as they are, copied both ways.
   *
   * @return the codec
   */
  static Codec<byte[]> bytes() {
    return Codecs.BYTES;
  }

  /**
   * Makes a codec of two functions.
   *
   * @param encode turns a value into bytes; must be thread-safe and must not return null
   * @param decode turns bytes back; must be thread-safe and must not return null
   * @param <V> the type of the values
   * @return the codec
   */
  static <V> Codec<V> of(Function<V, byte[]> encode, Function<byte[], V> decode) {
    return Codecs.of(encode, decode);
  }
}
