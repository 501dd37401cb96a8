package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Values that do not compress, each with its number. */
final class Payload {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Payload() {}

  static byte[] of(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  static void fill(ByteBuffer buffer) {
    buffer.duplicate().put(of(buffer.remaining()));
  }

  static void number(byte[] value, long number) {
    LONG.set(value, 0, number);
  }

  /** Pulls the entry that must be there. */
  static void pull(Store store, String key) throws IOException {
    if (store.pullp(key).isEmpty()) {
      throw new IllegalStateException("what was pushed to key '" + key + "' is not there");
    }
  }

  /** Requires that a value has the right size and number: speed by mistake is of no interest. */
  static void requireNumber(byte[] value, int size, long number) {
    if (value.length != size || (long) LONG.get(value, 0) != number) {
      throw new IllegalStateException(
          "expected entry "
              + number
              + " of "
              + size
              + " bytes, but the store returned one of "
              + value.length
              + (value.length < 8 ? "" : " with number " + LONG.get(value, 0)));
    }
  }
}
