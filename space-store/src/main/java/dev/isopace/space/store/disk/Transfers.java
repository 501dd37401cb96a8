package dev.isopace.space.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads and writes that go on until nothing is left: one call of a file may transfer less. */
public final class Transfers {
  private Transfers() {}

  /** Reads until the buffer is full or the file ends; returns how many bytes were read. */
  public static int readFully(Handle handle, ByteBuffer buffer, long at) throws IOException {
    return readAtLeast(handle, buffer, at, buffer.remaining());
  }

  /**
   * Reads until the buffer holds so many more bytes, or the file ends, and as much as comes with
   * them; returns how many bytes were read.
   */
  public static int readAtLeast(Handle handle, ByteBuffer buffer, long at, int least)
      throws IOException {
    int from = buffer.position();
    int read = 0;
    while (read < least && handle.read(buffer, at + read) > 0) {
      read = buffer.position() - from;
    }
    return read;
  }

  /** Writes all that the buffer holds. */
  public static void writeFully(Handle handle, ByteBuffer buffer, long at) throws IOException {
    int from = buffer.position();
    while (buffer.hasRemaining()) {
      if (handle.write(buffer, at + buffer.position() - from) <= 0) {
        throw new IOException("nothing could be written");
      }
    }
  }
}
