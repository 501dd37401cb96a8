package dev.isopace.space.store;

/**
 * Turns the bytes of an entry into what is received; may run the user's code, and may fail.
 *
 * @param <V> what is received
 */
interface Decoder<V> {
  V decode(String operation, String key, byte[] bytes);
}
