package dev.isopace.space.local;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/** One key of a space, by reference or by copy, and its calls as races tell of them: in numbers. */
final class Racing {
  static final int NOTHING = 0;
  static final int CLOSED = -1;

  private static final String KEY = "key";
  private static final Codec<Integer> CODEC =
      Codec.of(
          value -> ByteBuffer.allocate(Integer.BYTES).putInt(value).array(),
          bytes -> ByteBuffer.wrap(bytes).getInt());

  private final Space<Integer> space =
      ThreadLocalRandom.current().nextBoolean()
          ? new LocalSpace<>()
          : new CopyingSpace<>("local:", CODEC);

  boolean out(int value) {
    return space.out(KEY, value);
  }

  int inp() {
    return space.inp(KEY).orElse(NOTHING);
  }

  int rdp() {
    return space.rdp(KEY).orElse(NOTHING);
  }

  int len() {
    return (int) space.len(KEY);
  }

  int in() {
    return received(space::in);
  }

  int rd() {
    return received(space::rd);
  }

  void close() {
    space.close();
  }

  private interface Wait {
    int forEntry(String key) throws InterruptedException;
  }

  private static int received(Wait wait) {
    try {
      return wait.forEntry(KEY);
    } catch (SpaceClosedException e) {
      return CLOSED;
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts", e);
    }
  }
}
