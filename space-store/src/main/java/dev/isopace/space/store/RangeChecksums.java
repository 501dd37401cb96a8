package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The checksums of many ranges of a file that overlap. Each costs a block at either end, however
 * long it is: among bytes of which nobody knows what they are, any place may look like the
 * beginning of a long record, and to read each of those would take for ever.
 *
 * <p>The CRC of two parts, one behind the other, is the CRC of the first, multiplied by x to the
 * power of the bits of the second, exclusive-or the CRC of the second. So that of a range follows
 * from those of all that is before its two ends. They are kept for the beginning of each block,
 * which takes a thousandth of the file's size.
 */
final class RangeChecksums {
  /**
   * No less than {@link LegibleHandle} reads at once: what cannot be read looks always the same.
   */
  static final int BLOCK = 4 << 10;

  /** That of CRC32C, without its highest term. The highest bit of an int stands for 1. */
  private static final int POLYNOMIAL = 0x82F63B78;

  private static final int ONE = 1 << 31;

  /** x to the power of 8 n: for each byte of n, from the lowest on, by its value. */
  private static final int[][] POWERS = powers();

  private final Handle handle;
  private final long start;
  private final CRC32C crc = new CRC32C();

  /** The CRC of all blocks before a block, for those that are known. */
  private int[] before = new int[16];

  private int known = 1;

  /** The blocks in which ranges begin and end: the former are near each other. */
  private final Block first = new Block();

  private final Block last = new Block();

  /**
   * Those of a file.
   *
   * @param from before this, no range begins
   */
  RangeChecksums(Handle handle, long from) {
    this.handle = handle;
    this.start = from - from % BLOCK;
  }

  /** Whether a range has a CRC; false also if the file ends in it. */
  boolean matches(long from, long to, int stated) throws IOException {
    return first.reach(from)
        && last.reach(to)
        && (shift(first.checksum(), to - from) ^ last.checksum()) == stated;
  }

  /** A block of the file that is in memory, and a place in it. */
  private final class Block {
    private final byte[] bytes = new byte[BLOCK];
    private int index = -1;
    private int size;
    private int rest;

    /** Goes to a place; false if the file ends before it. */
    boolean reach(long at) throws IOException {
      int target = (int) ((at - start) / BLOCK);
      while (known <= target) {
        if (!load(known - 1, BLOCK)) {
          return false;
        }
        if (known == before.length) {
          before = Arrays.copyOf(before, 2 * known);
        }
        rest = BLOCK;
        before[known++] = checksum();
      }
      rest = (int) ((at - start) % BLOCK);
      return load(target, rest);
    }

    /** The CRC of all that is before the place. */
    int checksum() {
      crc.reset();
      crc.update(bytes, 0, rest);
      return shift(before[index], rest) ^ (int) crc.getValue();
    }

    private boolean load(int wanted, int least) throws IOException {
      if (index != wanted) {
        index = wanted;
        size = 0;
        size = Transfers.readFully(handle, ByteBuffer.wrap(bytes), start + (long) index * BLOCK);
      }
      return size >= least;
    }
  }

  /** A polynomial, multiplied by x to the power of the bits of so many bytes. */
  private static int shift(int polynomial, long bytes) {
    int product = polynomial;
    int i = 0;
    for (long left = bytes; left > 0; left >>>= Byte.SIZE) {
      product = multiply(product, POWERS[i++][(int) left & 0xFF]);
    }
    return product;
  }

  /** The product of two polynomials over the integers modulo 2, modulo that of the CRC. */
  private static int multiply(int one, int other) {
    int product = 0;
    int shifted = other;
    for (int left = one; left != 0; left <<= 1) {
      product ^= shifted & (left >> 31);
      shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1));
    }
    return product;
  }

  private static int[][] powers() {
    int[][] powers = new int[Integer.BYTES][1 << Byte.SIZE];
    int step = ONE >>> Byte.SIZE;
    for (int[] each : powers) {
      each[0] = ONE;
      for (int i = 1; i < each.length; i++) {
        each[i] = multiply(each[i - 1], step);
      }
      step = multiply(each[each.length - 1], step);
    }
    return powers;
  }
}
