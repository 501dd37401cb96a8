package dev.isopace.space.store;

import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The file that compaction writes, behind its header. Whatever is urgent for the store's own thread
 * is done between writes.
 */
final class CompactedFile {
  private static final int BUFFER = 64 << 10;

  /** Little: appends to the log wait behind it meanwhile. */
  private static final int FORCED_AT_ONCE = 128 << 10;

  /** How many times as long as it has used the device it leaves it to others. */
  private static final int RESPITE = 4;

  private final Engine engine;
  private final Handle handle;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;
  private long written = Format.HEADER;
  private long forced;
  private long lastSequence;

  CompactedFile(Engine engine, Handle handle) {
    this.engine = engine;
    this.handle = handle;
    this.lastSequence = nextSequence();
  }

  void write(byte[] bytes, int from, int length) throws IOException {
    if (filled + length > buffer.length) {
      flush();
    }
    if (length > buffer.length) {
      Transfers.writeFully(handle, ByteBuffer.wrap(bytes, from, length), written);
      written += length;
    } else {
      System.arraycopy(bytes, from, buffer, filled, length);
      filled += length;
    }
  }

  void flush() throws IOException {
    Transfers.writeFully(handle, ByteBuffer.wrap(buffer, 0, filled), written);
    written += filled;
    filled = 0;
    if (written - forced >= FORCED_AT_ONCE) {
      force();
    } else {
      engine.attend(0);
    }
  }

  /** Forces what is written, and leaves the device to those who append to the log, if any do. */
  private void force() throws IOException {
    long began = System.nanoTime();
    handle.force();
    forced = written;
    long sequence = nextSequence();
    boolean somebodyAppends = sequence != lastSequence;
    engine.attend(
        somebodyAppends && engine.settings().sync() == Sync.ALWAYS
            ? RESPITE * (System.nanoTime() - began)
            : 0);
    lastSequence = sequence;
  }

  private long nextSequence() {
    return engine.log().locked(engine.log()::nextSequence);
  }

  /** How long the file is, once it is flushed. */
  long size() {
    return written + filled;
  }
}
