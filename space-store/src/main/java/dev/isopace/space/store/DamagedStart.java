package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The record that a segment begins with, where it does not check: either the epoch in the header is
 * not what it was, or the record is not. If no more than a bit has changed, what it was follows
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
    int read = Transfers.readFully(handle, ByteBuffer.wrap(start.bytes), Format.HEADER);
    return read < start.bytes.length ? null : start;
  }

  /**
   * The epoch of the segment, if the record says it, and the one that follows it agrees; else what
   * is given.
   */
  int epoch(int stated, long size) throws IOException {
    if (isStart() && !isValid(stated)) {
      int epoch = Format.epochOf(bytes, 0);
      int next = Format.HEADER + bytes.length;
      if (new RecordReader(handle, epoch, next, size).next()) {
        return epoch;
      }
    }
    return stated;
  }

  /**
   * The body that the record had before one of its bits changed, in a segment of that epoch; null
   * if more is wrong with it. It is no other record's: those of one checksum differ in more bits.
   */
  byte @Nullable [] repairedBody(int epoch) {
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
      flip(bit);
      boolean isValid = isStart() && isValid(epoch);
      byte[] body = Arrays.copyOfRange(bytes, Format.PREFIX, bytes.length);
      flip(bit);
      if (isValid) {
        return body;
      }
    }
    return null;
  }

  private boolean isValid(int epoch) {
    return Format.checksum(new CRC32C(), bytes, 0, bytes.length, epoch) == Format.getInt(bytes, 0);
  }

  private void flip(int bit) {
    bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
  }

  private boolean isStart() {
    return Format.isPlausible(bytes, 0, bytes.length) && Format.type(bytes, 0) == Format.START;
  }
}
