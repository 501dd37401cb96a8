package dev.isopace.space.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The raw loop that a store with sync is measured against: one thread, one write and one force per
 * record, into a file that was filled with zeros before, so that no force commits a size.
 */
final class RawFile implements AutoCloseable {
  /** The bytes of a record besides its value: header and key. */
  static final int OVERHEAD = 32;

  private static final int SIZE = 16 << 20;

  private final FileChannel channel;
  private final ByteBuffer payload;
  private long at;

  RawFile(Path file, int value) throws IOException {
    Workplace.fillWithZeros(file, SIZE, true);
    this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
    this.payload = ByteBuffer.allocateDirect(value + OVERHEAD);
    Payload.fill(payload);
  }

  /** Writes the next record and forces it. */
  void append() throws IOException {
    payload.rewind();
    payload.putLong(0, at);
    if (at + payload.remaining() > SIZE) {
      at = 0;
    }
    while (payload.hasRemaining()) {
      at += channel.write(payload, at);
    }
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
