package dev.isopace.space.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads and writes that go on until nothing is left: one call of a file may transfer less. */
public final class Transfers {
  private Transfers() {}

  /** Reads until the buffer is full or the file ends; returns how many bytes were read. */
  public static int readFully(Handle handle, ByteBuffer buffer, long at) throws IOException {
    int from = buffer.position();
    while (buffer.hasRemaining() && handle.read(buffer, at + buffer.position() - from) > 0) {
      // The buffer's position says how far it is.
    }
    return buffer.position() - from;
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
