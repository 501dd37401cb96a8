package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The record that a segment begins with, where the header is damaged. Of which epoch it was follows
 * from the checksum of the record.
 */
final class DamagedStart {
  private final Handle handle;
  private final byte[] bytes = new byte[Format.length(0, Format.START_BODY)];

  private DamagedStart(Handle handle) {
    this.handle = handle;
  }

  /** What a segment begins with; null if it is too short for that. */
  static @Nullable DamagedStart read(Handle handle) throws IOException {
    DamagedStart start = new DamagedStart(handle);
    ByteBuffer buffer = ByteBuffer.wrap(start.bytes);
    while (buffer.hasRemaining()) {
      if (handle.read(buffer, Format.HEADER + buffer.position()) < 0) {
        return null;
      }
    }
    return start;
  }

  /**
   * The epoch of the segment, if the record says it, and the one that follows it agrees; else what
   * is given.
   */
  int epoch(int stated, long size) throws IOException {
    if (isStart()) {
      int epoch = Format.epochOf(bytes, 0);
      int next = Format.HEADER + bytes.length;
      if (new RecordReader(handle, epoch, next, size).next()) {
        return epoch;
      }
    }
    return stated;
  }

  private boolean isStart() {
    return Format.isPlausible(bytes, 0, bytes.length) && Format.type(bytes, 0) == Format.START;
  }
}
