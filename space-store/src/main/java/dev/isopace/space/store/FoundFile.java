package dev.isopace.space.store;

import dev.isopace.space.store.SegmentHeader.Unfit;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.util.regex.MatchResult;
import org.jspecify.annotations.Nullable;

/** A file of the log, as it was found, and what others say of it. */
final class FoundFile {
  /** For those who read little of a file. */
  static final int SMALL_WINDOW = 512;

  static final long UNKNOWN = -1;

  private final Disk disk;
  final String name;
  final Handle handle;
  final SegmentHeader header;
  final long size;

  /** What it says of the segment before it; null if it holds no valid start. */
  byte @Nullable [] start;

  /** Whether it begins with saying that all before it was durable. */
  boolean isSettled;

  long sequence;

  /** Where its records end, as far as that is written down somewhere. */
  long limit = UNKNOWN;

  /** Where its records ended when the store was closed, or before that; zero if that is unknown. */
  long endWhenClosed;

  private FoundFile(Disk disk, String name, Handle handle, SegmentHeader header, long size) {
    this.disk = disk;
    this.name = name;
    this.handle = handle;
    this.header = header;
    this.size = size;
    this.sequence = header.sequence();
  }

  /**
   * Reads how a file begins, and sees to it that it is the one that its name says.
   *
   * @param ids what {@link Segment#NAME} finds in the name
   */
  static FoundFile read(Disk disk, String name, MatchResult ids, Handle handle) throws IOException {
    SegmentHeader header;
    try {
      header = SegmentHeader.read(handle);
    } catch (Unfit e) {
      e.requireOwn(disk.show(name));
      throw new CorruptLogException(disk.show(name), 0, e.what, e);
    }
    FoundFile found = new FoundFile(disk, name, handle, header, handle.size());
    int first = Integer.parseUnsignedInt(ids.group(1), 16);
    found.requirePlace(
        first, ids.group(2) == null ? first : Integer.parseUnsignedInt(ids.group(2), 16));
    found.readStart();
    return found;
  }

  private void requirePlace(int first, int last) throws CorruptLogException {
    if (first < 1
        || last < first
        || last > Position.LARGEST_ID
        || last - first > Segment.MOST_REPLACED) {
      throw damage(0, "no segment has such a name");
    }
    if (header.first() != first || header.last() != last) {
      throw damage(0, "its header says that it is " + header.name());
    }
    if (isWhole() && size != header.length()) {
      throw damage(
          Math.min(size, header.length()),
          "the file has " + size + " bytes, but was written with " + header.length());
    }
  }

  private void readStart() throws IOException {
    RecordReader reader = beginning();
    if (reader.next() && reader.type() == Format.START) {
      start = reader.body();
      int previous = Format.previous(start, 0).id();
      if (previous >= header.first()) {
        throw damage(
            Format.HEADER, "it says that it follows segment " + previous + ", itself or later");
      }
      isSettled = reader.isSettled();
      if (!isWhole()) {
        sequence = reader.sequence();
      }
    } else if (isWhole() && header.length() > Format.HEADER) {
      throw damage(Format.HEADER, "the segment does not say what it follows");
    }
  }

  boolean isWhole() {
    return header.isWhole();
  }

  boolean isUsed() {
    return isWhole() || start != null;
  }

  /** Whether it is the file that was there when the store was closed. */
  boolean isSame(Checkpoint.State state) {
    return state.isOf(header.first(), header.last(), header.epoch());
  }

  /** Its records, for those who read no more than the first one. */
  RecordReader beginning() {
    return new RecordReader(handle, header.epoch(), Format.HEADER, size, SMALL_WINDOW);
  }

  /** What may be its records, from an offset on. */
  RecordReader reader(long from) {
    return reader(from, size);
  }

  RecordReader reader(long from, long to) {
    return new RecordReader(handle, header.epoch(), from, to);
  }

  Segment segment(boolean generation, long lowest) {
    return new Segment(disk, handle, name, header, generation, lowest, size);
  }

  CorruptLogException damage(long offset, String what) {
    return new CorruptLogException(disk.show(name), offset, what);
  }

  @Override
  public String toString() {
    return disk.show(name);
  }
}
