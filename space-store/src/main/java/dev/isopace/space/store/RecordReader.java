package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads the records of a segment one after the other, as far as they are valid. */
final class RecordReader {
  /** What the caches of a processor hold, and the system copies without asking for memory first. */
  private static final int WINDOW = 64 << 10;

  private static final byte[] ZEROS = new byte[4 << 10];

  private final Handle handle;
  private final int epoch;
  private final long limit;
  private final CRC32C crc = new CRC32C();

  /** A part of the file, which begins at an offset. */
  private byte[] window;

  private long windowOffset;
  private int windowSize;

  /** What sequences the next record may have: they grow. */
  private long lowest;

  private long highest = Long.MAX_VALUE;

  /** Once something was skipped, places are tried that are most probably no records. */
  private @Nullable RangeChecksums checksums;

  private long offset;
  private int at;
  private int length;
  private boolean isBlank;

  /**
   * A reader that stands before a record.
   *
   * @param from where the record begins
   * @param limit where the segment, or what is valid of it, ends
   */
  RecordReader(Handle handle, int epoch, long from, long limit) {
    this(handle, epoch, from, limit, WINDOW);
  }

  /** The same, for those who read little. */
  RecordReader(Handle handle, int epoch, long from, long limit, int window) {
    this.window = new byte[(int) Math.max(0, Math.min(window, limit - from))];
    this.handle = handle;
    this.epoch = epoch;
    this.offset = from;
    this.windowOffset = from;
    this.limit = limit;
  }

  /** Takes no record for valid whose sequence is not in that range. */
  void expect(long least, long most) {
    lowest = least;
    highest = most;
  }

  /** Goes to the next record; false if there is none that is valid. */
  boolean next() throws IOException {
    offset += length;
    length = 0;
    isBlank = false;
    long room = limit - offset;
    if (room < Format.TERMINATOR) {
      isBlank = true;
      return false;
    }
    if (!require((int) Math.min(Format.PREFIX, room))) {
      return false;
    }
    if (Format.getLong(window, at) == 0) {
      isBlank = true;
      return false;
    }
    if (room < Format.PREFIX || !Format.isPlausible(window, at, room)) {
      return false;
    }
    long sequence = Format.sequence(window, at);
    if (sequence < lowest || sequence > highest) {
      return false;
    }
    int size = Format.recordLength(window, at);
    if ((checksums != null && size > RangeChecksums.BLOCK && !isSealed(checksums, size))
        || !require(size)
        || Format.checksum(crc, window, at, size, epoch) != Format.getInt(window, at)) {
      return false;
    }
    length = size;
    lowest = sequence + 1;
    return true;
  }

  /** Whether a record matches its checksum, without having it in the window. */
  private boolean isSealed(RangeChecksums ranges, int size) throws IOException {
    return ranges.matches(
        offset + Format.LENGTH_AT, offset + size, Format.statedCrc(window, at, epoch));
  }

  /** Goes on a byte later, whatever is there. */
  void skip() {
    if (checksums == null) {
      checksums = new RangeChecksums(handle, offset);
    }
    offset++;
    length = 0;
  }

  /** Whether what follows is no record, and never was: zeros, or no room. */
  boolean isBlank() {
    return isBlank;
  }

  /** Where the record, or what follows, begins in the file. */
  long offset() {
    return offset;
  }

  /** The array that holds the record. */
  byte[] bytes() {
    return window;
  }

  /** Where the record begins in the array. */
  int at() {
    return at;
  }

  int length() {
    return length;
  }

  long sequence() {
    return Format.sequence(window, at);
  }

  int type() {
    return Format.type(window, at);
  }

  boolean isSettled() {
    return Format.isSettled(window, at);
  }

  byte[] key() {
    int from = at + Format.PREFIX;
    return Arrays.copyOfRange(window, from, from + Format.keyLength(window, at));
  }

  String keyString() {
    return new String(
        window, at + Format.PREFIX, Format.keyLength(window, at), StandardCharsets.UTF_8);
  }

  byte[] body() {
    return Arrays.copyOfRange(window, bodyAt(), at + length);
  }

  /** Where the body of the record begins in the array. */
  int bodyAt() {
    return Format.body(window, at);
  }

  /** Of a removal: the push with which the key last began to hold entries. */
  long removalBegin() {
    return Format.removalBegin(window, bodyAt());
  }

  /** Of a removal: the last push that is removed. */
  long removalEnd() {
    return Format.removalEnd(window, bodyAt());
  }

  /** Of a start: what it says of the segment before. */
  LogEnd previous() {
    return Format.previous(window, bodyAt());
  }

  /** Of a start or an oldest: the id of the oldest segment. */
  int oldest() {
    return Format.oldest(window, bodyAt());
  }

  /** Of a durable: the segment up to which all was durable. */
  int durableId() {
    return Format.durableId(window, bodyAt());
  }

  /** Of a durable: how far that segment was. */
  long durableOffset() {
    return Format.durableOffset(window, bodyAt());
  }

  /**
   * Goes to the next place where a record may begin that is expected; false if there is none before
   * the end. Whether it is one is for {@link #next} to find out. What a file held before it was
   * used again may lie there, tens of megabytes of it, so each place costs no more than a look.
   */
  boolean seek(long end) throws IOException {
    offset += length;
    length = 0;
    while (end - offset >= Format.PREFIX) {
      if (!require(Format.PREFIX)) {
        return false;
      }
      int stop = (int) Math.min(windowSize, at + (end - offset)) - Format.PREFIX + 1;
      int i = at;
      while (i < stop && !mayBegin(i)) {
        i += Format.getLong(window, i) == 0 ? zerosBeforeRecord(i) : 1;
      }
      offset += i - at;
      at = i;
      if (i < stop) {
        return true;
      }
    }
    return false;
  }

  private boolean mayBegin(int i) {
    long sequence = Format.sequence(window, i);
    return sequence >= lowest
        && sequence <= highest
        && Format.isPlausible(window, i, limit - windowOffset - i);
  }

  /** How many of the zeros that begin there cannot be those of a record's checksum and length. */
  private int zerosBeforeRecord(int from) {
    int to = from;
    int other = -1;
    while (other < 0 && to < windowSize) {
      int count = Math.min(ZEROS.length, windowSize - to);
      other = Arrays.mismatch(window, to, to + count, ZEROS, 0, count);
      to += other < 0 ? count : other;
    }
    return Math.max(1, to - from - (Format.TERMINATOR - 1));
  }

  /**
   * Behind the last byte of the file that is not zero; where this stands, if all are from here on.
   */
  long contentEnd() throws IOException {
    long end = offset;
    while (offset < limit && require(1)) {
      int i = windowSize;
      while (i > at && window[i - 1] == 0) {
        i--;
      }
      if (i > at) {
        end = windowOffset + i;
      }
      offset = windowOffset + windowSize;
    }
    return end;
  }

  /** Has so many bytes from the offset on in the window; false if the file ends before. */
  private boolean require(int count) throws IOException {
    long from = offset - windowOffset;
    boolean isBehind = from >= 0;
    if (isBehind && from + count <= windowSize) {
      at = (int) from;
      return true;
    }
    int kept = isBehind ? (int) Math.max(0, windowSize - from) : 0;
    byte[] target = count > window.length ? new byte[count] : window;
    if (kept > 0) {
      System.arraycopy(window, (int) from, target, 0, kept);
    }
    window = target;
    windowOffset = offset;
    windowSize = kept;
    at = 0;
    ByteBuffer buffer = ByteBuffer.wrap(window);
    buffer.limit((int) Math.min(window.length, Math.max(count, limit - offset)));
    buffer.position(kept);
    windowSize += Transfers.readFully(handle, buffer, windowOffset + kept);
    return windowSize >= count;
  }
}
