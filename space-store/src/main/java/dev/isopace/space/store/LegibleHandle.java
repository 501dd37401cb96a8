package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that is read as far as that is possible. Blocks that the device cannot read any more look
 * as if somebody had written over them: what was there is lost, and what is behind them is found.
 */
final class LegibleHandle implements Handle {
  /** What devices and the system read at once; a part of it is of no use if the rest is bad. */
  private static final int BLOCK = 4 << 10;

  /** Neither a zero, which could pass for the end of the records, nor the beginning of one. */
  private static final byte ILLEGIBLE = -1;

  private final Handle handle;

  LegibleHandle(Handle handle) {
    this.handle = handle;
  }

  @Override
  public int read(ByteBuffer buffer, long at) throws IOException {
    int from = buffer.position();
    try {
      return handle.read(buffer, at);
    } catch (IOException e) {
      buffer.position(from);
      return readBlock(buffer, at);
    }
  }

  private int readBlock(ByteBuffer buffer, long at) throws IOException {
    int length = (int) Math.min(Math.min(buffer.remaining(), BLOCK - at % BLOCK), size() - at);
    if (length <= 0) {
      return -1;
    }
    int from = buffer.position();
    int limit = buffer.limit();
    buffer.limit(from + length);
    try {
      return handle.read(buffer, at);
    } catch (IOException e) {
      buffer.position(from);
      while (buffer.hasRemaining()) {
        buffer.put(ILLEGIBLE);
      }
      return length;
    } finally {
      buffer.limit(limit);
    }
  }

  @Override
  public int write(ByteBuffer buffer, long at) throws IOException {
    return handle.write(buffer, at);
  }

  @Override
  public void force() throws IOException {
    handle.force();
  }

  @Override
  public void truncate(long size) throws IOException {
    handle.truncate(size);
  }

  @Override
  public long size() throws IOException {
    return handle.size();
  }

  @Override
  public void close() throws IOException {
    handle.close();
  }
}
