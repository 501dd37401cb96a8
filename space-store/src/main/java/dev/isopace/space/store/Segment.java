package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of the log. Its place and epoch are fixed; what changes is guarded by the log's lock.
 *
 * <p>The name says the place: {@code 17.log} or, where a segment has replaced several, {@code
 * 17-23.log}, in hexadecimal and padded. A segment of the latter kind takes precedence over those
 * that it replaces, which a crash may have left in the directory.
 */
final class Segment {
  /** The names of segments: the first id, and the last one of a segment that was rewritten. */
  static final Pattern NAME = Pattern.compile("([0-9a-f]{8})(?:-([0-9a-f]{8}))?\\.log");

  /** What the name of a file ends with that is in the making, or to be used again. */
  static final String UNFINISHED = ".tmp";

  /** The names of such files: not those of others. */
  static final Pattern UNFINISHED_NAME =
      Pattern.compile(
          "(segment|compacted|index|free-[0-9a-f-]*\\.log)" + Pattern.quote(UNFINISHED));

  /** More segments than this one, and one more, are never replaced by one. */
  static final int MOST_REPLACED = 1 << 24;

  private static final int LEAST_FIRST_READ = 64;
  static final int MOST_FIRST_READ = 4 << 10;
  private static final int RENEWED_AT_ONCE = 64 << 10;

  final Disk disk;
  final Handle handle;
  final String name;
  final int first;
  final int last;
  final int epoch;
  final boolean generation;

  /** No record has a lower sequence. Known once its first record is written. */
  long sequence;

  /** From where on nothing says that what was found in it is durable. */
  long unproven = Long.MAX_VALUE;

  /** The end of its records. Grows while the segment is the active one. */
  long end;

  /** What it follows. Known while it is the active one. */
  LogEnd previous = LogEnd.NONE;

  /** Bytes of other records that would be left in it if it were rewritten, as far as is known. */
  long needed = Format.length(0, Format.START_BODY);

  /** How many of those are of removals, which are kept for what older segments may hold. */
  long removalsKept;

  /** How long the file is. */
  long capacity;

  /** Bytes and number of the records that push an entry which is still there. */
  long liveBytes;

  long liveCount;

  /** How few live bytes make compaction look at it again. */
  long noteAt = Long.MAX_VALUE;

  /** How many are reading in it; its file is left alone as long as somebody is. */
  private int readers;

  /** What is to be done with the file once nobody reads in it any more. */
  private @Nullable Runnable disposal;

  /**
   * How long the record was that somebody read last: the next one may be as long. A benign race: a
   * wrong guess costs a second read, or a copy, and nothing else.
   */
  private int guess = LEAST_FIRST_READ;

  /**
   * Whether compaction has met damage in it, and leaves it alone. Written by the store's own thread
   * alone, without the lock.
   */
  volatile boolean isDamaged;

  Segment(
      Disk disk,
      Handle handle,
      String name,
      SegmentHeader header,
      boolean generation,
      long sequence,
      long capacity) {
    this.disk = disk;
    this.handle = handle;
    this.name = name;
    this.first = header.first();
    this.last = header.last();
    this.epoch = header.epoch();
    this.generation = generation;
    this.sequence = sequence;
    this.capacity = capacity;
  }

  static String name(int id) {
    return String.format(Locale.ROOT, "%08x.log", id);
  }

  static String name(int first, int last) {
    return String.format(Locale.ROOT, "%08x-%08x.log", first, last);
  }

  static void closeFilesOf(List<Segment> some) throws IOException {
    Closeables.closeAll(some.stream().map(segment -> segment.handle).toList());
  }

  /** Gives back the room behind the records, which nothing will be appended to, if it can be. */
  void trim() {
    if (end < capacity) {
      try {
        handle.truncate(end);
        capacity = end;
      } catch (IOException e) {
        // It is as good as before; only larger.
      }
    }
  }

  /** Keeps the file as it is, under the lock, for a reader who goes on without it. */
  void pin() {
    readers++;
  }

  /** Ends that, under the lock. */
  void unpin() {
    if (--readers == 0 && disposal != null) {
      disposal.run();
    }
  }

  /** Has something done, under the lock, as soon as nobody reads in it. */
  void whenUnread(Runnable action) {
    if (readers == 0) {
      action.run();
    } else {
      assert disposal == null : this + " is let go of twice";
      disposal = action;
    }
  }

  /** Reads a record that begins there, in a segment that is pinned. */
  byte[] read(long offset) throws IOException {
    byte[] bytes = new byte[guess];
    int got = readFully(bytes, 0, bytes.length, offset, Format.PREFIX);
    int length = recordLength(bytes, offset);
    if (length > got) {
      byte[] all = new byte[length];
      System.arraycopy(bytes, 0, all, 0, got);
      readFully(all, got, length, offset + got, length - got);
      bytes = all;
    }
    verify(new CRC32C(), bytes, length, offset);
    return bytes;
  }

  /** Reads a record, and lets go of the segment before anything of the user's is called. */
  byte[] readAndUnpin(long offset, Lock lock) throws IOException {
    try {
      return read(offset);
    } finally {
      Tenacity.lock(lock);
      try {
        unpin();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Reads a record if that is a matter of copying a little memory, so that it may be done under the
   * lock.
   *
   * @param bytes what to read it into
   * @return how long it is; zero if it was not read
   */
  int readAtOnce(long offset, byte[] bytes, CRC32C crc) throws IOException {
    if (!handle.isMapped() || guess > bytes.length) {
      return 0;
    }
    int got = readFully(bytes, 0, guess, offset, Format.PREFIX);
    int length = recordLength(bytes, offset);
    if (length > bytes.length) {
      return 0;
    }
    if (length > got) {
      readFully(bytes, got, length, offset + got, length - got);
    }
    verify(crc, bytes, length, offset);
    return length;
  }

  boolean isUnproven() {
    return unproven < Long.MAX_VALUE;
  }

  /** Makes all durable that some segments hold. */
  static void makeDurable(List<Segment> some) throws IOException {
    for (Segment segment : some) {
      segment.renew();
      segment.handle.force();
      segment.unproven = Long.MAX_VALUE;
    }
  }

  /**
   * Writes once more what may not be durable although it was there before this life. To force it
   * would not do: after a force that has failed, the system may take for clean what is not on the
   * device, and the next force succeeds without writing it.
   */
  private void renew() throws IOException {
    byte[] block = new byte[RENEWED_AT_ONCE];
    for (long at = unproven; at < end; at += block.length) {
      int length = (int) Math.min(block.length, end - at);
      readFully(block, 0, length, at, length);
      Transfers.writeFully(handle, ByteBuffer.wrap(block, 0, length), at);
    }
  }

  private int recordLength(byte[] bytes, long offset) throws CorruptLogException {
    if (!Format.isPlausible(bytes, 0, capacity - offset)) {
      throw damage(offset, "there is no record where the index has one");
    }
    int length = Format.recordLength(bytes, 0);
    guess = Math.max(LEAST_FIRST_READ, Math.min(MOST_FIRST_READ, length));
    return length;
  }

  private void verify(CRC32C crc, byte[] bytes, int length, long offset)
      throws CorruptLogException {
    if (Format.checksum(crc, bytes, 0, length, epoch) != Format.getInt(bytes, 0)) {
      throw damage(offset, "the record there does not match its checksum");
    }
  }

  /** Reads at least so many bytes, and as many more as fit before a limit and are there. */
  private int readFully(byte[] bytes, int from, int to, long offset, int least) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, from, to - from);
    long room = capacity - offset;
    if (buffer.remaining() > room) {
      buffer.limit((int) (from + Math.max(least, room)));
    }
    int read = Transfers.readAtLeast(handle, buffer, offset, least);
    if (read < least) {
      throw damage(
          offset + read, "the file ends there, in the middle of a record", new EOFException());
    }
    return read;
  }

  long position(long offset) {
    return Position.of(first, generation, offset);
  }

  /** Damage that compaction has met. */
  CorruptLogException damageMet(long offset, String what) {
    isDamaged = true;
    return damage(offset, what);
  }

  /** Whether there is another record; for compaction, which keeps off what cannot be read. */
  boolean next(RecordReader reader) throws CorruptLogException {
    try {
      return reader.next();
    } catch (IOException e) {
      isDamaged = true;
      throw damage(reader.offset(), "it cannot be read there: " + Outcome.message(e), e);
    }
  }

  CorruptLogException damage(long offset, String what) {
    return new CorruptLogException(disk.show(name), offset, what);
  }

  CorruptLogException damage(long offset, String what, Throwable cause) {
    return new CorruptLogException(disk.show(name), offset, what, cause);
  }

  /** Writes all of it. */
  void write(byte[] bytes, int from, int length, long at) throws IOException {
    Transfers.writeFully(handle, ByteBuffer.wrap(bytes, from, length), at);
  }

  @Override
  public String toString() {
    return disk.show(name);
  }
}
