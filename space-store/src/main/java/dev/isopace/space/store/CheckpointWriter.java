package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Writes the numbers and bytes of a {@link Checkpoint} behind each other, and sums them up. */
final class CheckpointWriter {
  static final int BUFFER = 256 << 10;

  /** Bytes of the longest number. */
  static final int LONGEST_NUMBER = 10;

  private final Handle handle;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();
  private long written;

  CheckpointWriter(Handle handle) {
    this.handle = handle;
  }

  void putShort(int value) throws IOException {
    room(Short.BYTES).putShort((short) value);
  }

  void putInt(int value) throws IOException {
    room(Integer.BYTES).putInt(value);
  }

  void putLong(long value) throws IOException {
    room(Long.BYTES).putLong(value);
  }

  /** A number of any size, 7 bits a byte. */
  void putNumber(long value) throws IOException {
    ByteBuffer bytes = room(LONGEST_NUMBER);
    while ((value & ~0x7F) != 0) {
      bytes.put((byte) (value | 0x80));
      value >>>= 7;
    }
    bytes.put((byte) value);
  }

  void putBytes(byte[] bytes) throws IOException {
    room(bytes.length).put(bytes);
  }

  /** Writes the checksum of all that is before. */
  void finish() throws IOException {
    flush();
    buffer.putInt((int) crc.getValue());
    flush();
  }

  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() throws IOException {
    buffer.flip();
    crc.update(buffer.duplicate());
    int size = buffer.remaining();
    Transfers.writeFully(handle, buffer, written);
    written += size;
    buffer.clear();
  }
}
