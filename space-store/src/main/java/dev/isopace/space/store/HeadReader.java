package dev.isopace.space.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the beginnings of records here and there, of which many are near the one before. */
final class HeadReader {
  private static final int WINDOW = 16 << 10;

  private final Segments segments;
  private byte[] window = Format.NO_BYTES;
  private @Nullable Segment windowSegment;
  private long windowOffset;
  private int windowSize;
  private int at;

  HeadReader(Segments segments) {
    this.segments = segments;
  }

  void read(long position) throws IOException {
    Segment segment = segments.find(position);
    long offset = Position.offset(position);
    if (segment != windowSegment
        || offset < windowOffset
        || offset + Format.PREFIX > windowOffset + windowSize) {
      fill(segment, offset);
    }
    at = (int) (offset - windowOffset);
  }

  long sequence() {
    return Format.sequence(window, at);
  }

  int length() {
    return Format.recordLength(window, at);
  }

  private void fill(Segment segment, long offset) throws IOException {
    if (window.length == 0) {
      window = new byte[WINDOW];
    }
    ByteBuffer buffer = ByteBuffer.wrap(window);
    buffer.limit((int) Math.min(WINDOW, segment.capacity - offset));
    while (buffer.position() < Format.PREFIX) {
      if (segment.handle.read(buffer, offset + buffer.position()) < 0) {
        throw segment.damage(offset, "the file ends there, in the middle of a record");
      }
    }
    windowSegment = segment;
    windowOffset = offset;
    windowSize = buffer.position();
  }
}
