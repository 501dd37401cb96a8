package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Reads what a {@link CheckpointWriter} has written. */
final class CheckpointReader {
  private final Handle handle;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(CheckpointWriter.BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private long end;
  private long read;

  CheckpointReader(Handle handle) throws IOException {
    this.handle = handle;
    this.end = handle.size();
    buffer.limit(0);
  }

  /** Reads all of it once, and goes back to the beginning. */
  boolean isWhole() throws IOException {
    long body = end - Integer.BYTES;
    if (body < 0) {
      return false;
    }
    CRC32C crc = new CRC32C();
    long left = body;
    while (left > 0) {
      if (!buffer.hasRemaining()) {
        fill(1);
      }
      int count = (int) Math.min(left, buffer.remaining());
      crc.update(buffer.slice(buffer.position(), count));
      buffer.position(buffer.position() + count);
      left -= count;
    }
    boolean isWhole = getInt() == (int) crc.getValue();
    read = 0;
    buffer.limit(0);
    end = body;
    return isWhole;
  }

  int getShort() throws IOException {
    return Short.toUnsignedInt(need(Short.BYTES).getShort());
  }

  int getInt() throws IOException {
    return need(Integer.BYTES).getInt();
  }

  long getLong() throws IOException {
    return need(Long.BYTES).getLong();
  }

  long getNumber() throws IOException {
    while (buffer.remaining() < CheckpointWriter.LONGEST_NUMBER && read < end) {
      fill(buffer.remaining() + 1);
    }
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = buffer.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  byte[] getBytes(int count) throws IOException {
    byte[] bytes = new byte[count];
    need(count).get(bytes);
    return bytes;
  }

  private ByteBuffer need(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      fill(bytes);
    }
    return buffer;
  }

  /** Has so many bytes in the buffer, and such as come with them: the rest is read in its turn. */
  private void fill(int least) throws IOException {
    buffer.compact();
    if (buffer.remaining() > end - read) {
      buffer.limit((int) (buffer.position() + end - read));
    }
    read += Transfers.readAtLeast(handle, buffer, read, least - buffer.position());
    if (buffer.position() < least) {
      throw new IOException("the checkpoint ends too early");
    }
    buffer.flip();
  }
}
