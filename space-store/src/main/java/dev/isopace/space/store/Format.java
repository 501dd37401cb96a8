package dev.isopace.space.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The format of the log, version 1. All numbers are little-endian.
 *
 * <p>A segment is a file: a header, and then records one behind the other, up to a length of zero
 * or the end of the file. A segment that is appended to was filled with zeros, or held an older
 * segment, before.
 *
 * <pre>
 * header of a segment
 *   offset size
 *        0    8  magic "SPACELOG"
 *        8    4  version
 *       12    4  epoch, a random number; the checksum of each record in this file depends on it, so
 *                that what the file held before is never taken for a record
 *       16    4  first id: the segment's place in the log
 *       20    4  last id: the same, or a later one where a segment replaces several
 *       24    8  length of the file if the segment was written at once, by compaction; else 0
 *       32    8  sequence: no record in a segment that was written at once has a lower one; else 0
 *       40    4  CRC32C of bytes 0 to 39
 *       44    4  zero
 *
 * record
 *        0    4  CRC32C of all that follows, exclusive-or a value made from the segment's epoch
 *        4    4  length of the record, these 8 bytes included
 *        8    8  sequence: grows from record to record
 *       16    1  type; plus 128 if all that is before this record was durable when it was written
 *       17    2  length of the key
 *       19       the key, in UTF-8, and then by type
 *              1 push: the value
 *              2 removal: 8 bytes sequence of the push with which the key last began to hold
 *                entries, 8 bytes sequence of the last push that is removed: with it, all earlier
 *                ones of the key are
 *              3 start, the first record of a segment (no key): 4 bytes id of the oldest segment;
 *                4 bytes id and 4 bytes epoch of the segment before this one, 0 if there is none;
 *                8 bytes end of the records there: what is behind it, and in segments between
 *                that one and this one, is void
 *              4 oldest (no key): 4 bytes id of the oldest segment; earlier ones may be deleted
 *              5 durable (no key): 4 bytes id and 4 bytes offset, up to which the log was durable;
 *                at the end of what a segment held before it had its name: the end of this record
 * </pre>
 */
final class Format {
  static final int VERSION = 1;
  static final long MAGIC = 0x474f_4c45_4341_5053L; // "SPACELOG", little-endian
  static final int HEADER = 48;

  /** Where the length of a record is in it, with which the part begins that is checked. */
  static final int LENGTH_AT = 4;

  private static final int SEQUENCE_AT = 8;
  private static final int TYPE_AT = 16;
  private static final int KEY_LENGTH_AT = 17;

  /** What a record has in front of its key. */
  static final int PREFIX = 19;

  static final int LARGEST_KEY = 0xFFFF;

  /** Behind the last record: a length of zero, or what has the room for one. */
  static final int TERMINATOR = 8;

  private static final int SCRAMBLER = 0x9E3779B9;

  /** Its inverse, modulo 2 to the power of 32. */
  private static final int UNSCRAMBLER = 0x144CBC89;

  static final byte[] NO_BYTES = new byte[0];

  /** No record is longer, whatever its length says. */
  static final int LARGEST_RECORD = PREFIX + LARGEST_KEY + Settings.LARGEST_VALUE;

  static final int PUSH = 1;
  static final int REMOVAL = 2;
  static final int START = 3;
  static final int OLDEST = 4;
  static final int DURABLE = 5;

  /** Set in a type if all that is before the record was durable when it was written. */
  static final int SETTLED = 0x80;

  static final int REMOVAL_BODY = 16;
  static final int START_BODY = 20;
  static final int OLDEST_BODY = 4;
  static final int DURABLE_BODY = 8;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Format() {}

  static int getInt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static int getUnsignedShort(byte[] bytes, int at) {
    return Short.toUnsignedInt((short) SHORT.get(bytes, at));
  }

  static void putInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  private static void putShort(byte[] bytes, int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  /** How long a record is. */
  static int length(int key, int body) {
    return PREFIX + key + body;
  }

  /** Writes a record whose body is in place already, and seals it by its checksum. */
  static void seal(
      CRC32C crc,
      byte[] bytes,
      int at,
      int length,
      long sequence,
      int type,
      byte[] key,
      int epoch) {
    putInt(bytes, at + LENGTH_AT, length);
    putLong(bytes, at + SEQUENCE_AT, sequence);
    bytes[at + TYPE_AT] = (byte) type;
    putShort(bytes, at + KEY_LENGTH_AT, key.length);
    System.arraycopy(key, 0, bytes, at + PREFIX, key.length);
    putInt(bytes, at, checksum(crc, bytes, at, length, epoch));
  }

  /** Seals a record again of which something was changed. */
  static void reseal(byte[] bytes, int at, int epoch) {
    putInt(bytes, at, checksum(new CRC32C(), bytes, at, recordLength(bytes, at), epoch));
  }

  /** The checksum that a record must have in a segment of that epoch. */
  static int checksum(CRC32C crc, byte[] bytes, int at, int length, int epoch) {
    crc.reset();
    crc.update(bytes, at + LENGTH_AT, length - LENGTH_AT);
    return (int) crc.getValue() ^ scramble(epoch);
  }

  /** The CRC that a record in a segment of that epoch says it has, from its length on. */
  static int statedCrc(byte[] bytes, int at, int epoch) {
    return getInt(bytes, at) ^ scramble(epoch);
  }

  /** Moves a record, which must be valid, from a segment of one epoch to one of another. */
  static void changeEpoch(byte[] bytes, int at, int from, int to) {
    putInt(bytes, at, getInt(bytes, at) ^ scramble(from) ^ scramble(to));
  }

  /** Spreads the bits of an epoch, and never makes zero of it. */
  private static int scramble(int epoch) {
    return epoch * SCRAMBLER | 1;
  }

  /**
   * The epoch of a segment in which a record would be valid, or one that scrambles alike. If there
   * is no such epoch, the record is not valid in a segment of that one either.
   */
  static int epochOf(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at + LENGTH_AT, recordLength(bytes, at) - LENGTH_AT);
    return (getInt(bytes, at) ^ (int) crc.getValue()) * UNSCRAMBLER;
  }

  static int recordLength(byte[] bytes, int at) {
    return getInt(bytes, at + LENGTH_AT);
  }

  static long sequence(byte[] bytes, int at) {
    return getLong(bytes, at + SEQUENCE_AT);
  }

  static int type(byte[] bytes, int at) {
    return bytes[at + TYPE_AT] & ~SETTLED & 0xFF;
  }

  static boolean isSettled(byte[] bytes, int at) {
    return (bytes[at + TYPE_AT] & SETTLED) != 0;
  }

  static int keyLength(byte[] bytes, int at) {
    return getUnsignedShort(bytes, at + KEY_LENGTH_AT);
  }

  /** Where the body of a record begins. */
  static int body(byte[] bytes, int at) {
    return at + PREFIX + keyLength(bytes, at);
  }

  /** A copy of the body of the record that is at the beginning of these bytes. */
  static byte[] payload(byte[] bytes) {
    return Arrays.copyOfRange(bytes, body(bytes, 0), recordLength(bytes, 0));
  }

  // What bodies say, from where they begin.

  /**
   * Writes the body of a removal.
   *
   * @param begin sequence of the push with which the key last began to hold entries
   * @param end sequence of the last push that is removed
   */
  static void putRemoval(byte[] bytes, int body, long begin, long end) {
    putLong(bytes, body, begin);
    putLong(bytes, body + 8, end);
  }

  static long removalBegin(byte[] bytes, int body) {
    return getLong(bytes, body);
  }

  static long removalEnd(byte[] bytes, int body) {
    return getLong(bytes, body + 8);
  }

  static void putStart(byte[] bytes, int body, int oldest, LogEnd previous) {
    putOldest(bytes, body, oldest);
    putInt(bytes, body + 4, previous.id());
    putInt(bytes, body + 8, previous.epoch());
    putLong(bytes, body + 12, previous.offset());
  }

  /** What a start says of the segment before. */
  static LogEnd previous(byte[] bytes, int body) {
    return new LogEnd(getInt(bytes, body + 4), getInt(bytes, body + 8), getLong(bytes, body + 12));
  }

  /** Writes the body of an oldest, and what a start begins with. */
  static void putOldest(byte[] bytes, int body, int id) {
    putInt(bytes, body, id);
  }

  static int oldest(byte[] bytes, int body) {
    return getInt(bytes, body);
  }

  static void putDurable(byte[] bytes, int body, int id, long offset) {
    putInt(bytes, body, id);
    putInt(bytes, body + 4, (int) offset);
  }

  static int durableId(byte[] bytes, int body) {
    return getInt(bytes, body);
  }

  static long durableOffset(byte[] bytes, int body) {
    return Integer.toUnsignedLong(getInt(bytes, body + 4));
  }

  /** Whether the length, the type and the key length of a record fit together. */
  static boolean isPlausible(byte[] bytes, int at, long room) {
    int length = recordLength(bytes, at);
    if (length < PREFIX || length > room || length > LARGEST_RECORD) {
      return false;
    }
    int body = length - PREFIX - keyLength(bytes, at);
    return switch (type(bytes, at)) {
      case PUSH -> body >= 0;
      case REMOVAL -> body == REMOVAL_BODY;
      case START -> body == START_BODY && keyLength(bytes, at) == 0;
      case OLDEST -> body == OLDEST_BODY && keyLength(bytes, at) == 0;
      case DURABLE -> body == DURABLE_BODY && keyLength(bytes, at) == 0;
      default -> false;
    };
  }
}
