package dev.isopace.space.store;

import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the beginnings of records here and there, of which many are near the one before. Those of
 * segments that nobody has read since the store was opened are not believed before the whole record
 * has been checked.
 */
final class PrefixReader {
  private static final int WINDOW = 16 << 10;

  private final Segments segments;
  private final Set<Segment> distrusted = new HashSet<>();
  private final CRC32C crc = new CRC32C();
  private byte[] window = Format.NO_BYTES;
  private @Nullable Segment windowSegment;
  private long windowOffset;
  private int windowSize;

  private @Nullable Segment segment;
  private long offset;
  private long sequence;
  private int length;

  PrefixReader(Segments segments) {
    this.segments = segments;
  }

  /** Has every record of a segment checked. */
  void distrust(Segment unread) {
    distrusted.add(unread);
  }

  /** Reads one; often it is the one that was read last. */
  void read(long position) throws IOException {
    Segment itsSegment = segments.find(position);
    long itsOffset = Position.offset(position);
    if (itsSegment == segment && itsOffset == offset) {
      return;
    }
    if (itsSegment != windowSegment
        || itsOffset < windowOffset
        || itsOffset + Format.PREFIX > windowOffset + windowSize) {
      fill(itsSegment, itsOffset);
    }
    int at = (int) (itsOffset - windowOffset);
    if (distrusted.contains(itsSegment)) {
      check(itsSegment, itsOffset, at);
    }
    sequence = Format.sequence(window, at);
    length = Format.recordLength(window, at);
    segment = itsSegment;
    offset = itsOffset;
  }

  private void check(Segment itsSegment, long itsOffset, int at) throws IOException {
    if (Format.isPlausible(window, at, windowSize - at)) {
      int size = Format.recordLength(window, at);
      int sum = Format.checksum(crc, window, at, size, itsSegment.epoch);
      if (sum == Format.getInt(window, at)) {
        return;
      }
    }
    // It is not whole in the window, or damaged, and then this says so.
    itsSegment.read(itsOffset);
  }

  long sequence() {
    return sequence;
  }

  int length() {
    return length;
  }

  private void fill(Segment found, long from) throws IOException {
    if (window.length == 0) {
      window = new byte[WINDOW];
    }
    // Until it is filled, it holds nothing.
    windowSegment = null;
    ByteBuffer buffer = ByteBuffer.wrap(window);
    buffer.limit((int) Math.min(WINDOW, found.capacity - from));
    // No further than it must: what is behind may be illegible, and is perhaps not wanted.
    windowSize = Transfers.readAtLeast(found.handle, buffer, from, Format.PREFIX);
    if (windowSize < Format.PREFIX) {
      throw found.damage(from, "the file ends there, in the middle of a record");
    }
    windowSegment = found;
    windowOffset = from;
  }
}
