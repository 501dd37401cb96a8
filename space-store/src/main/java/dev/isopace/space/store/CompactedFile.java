package dev.isopace.space.store;

import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The file that compaction writes, behind its header. Whatever is urgent for the store's own thread
 * is done between writes.
 */
final class CompactedFile {
  /**
   * Little: while others force what they append, each such amount is forced, and they wait for it.
   */
  private static final int BUFFER = 32 << 10;

  /** What is forced at once while nobody waits for it. */
  private static final int FORCED_UNCONTENDED = 1 << 20;

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
    boolean isContended = haveOthersForced();
    if (isContended || written - forced >= FORCED_UNCONTENDED) {
      force(isContended);
    } else {
      engine.housekeeping().attend(0);
    }
  }

  /** Whether others have appended to the log meanwhile, and waited for the device. */
  private boolean haveOthersForced() {
    long before = lastSequence;
    lastSequence = nextSequence();
    return lastSequence != before && engine.settings().sync() == Sync.ALWAYS;
  }

  /** Forces what is written, and leaves the device to the others, if there are any. */
  private void force(boolean isContended) throws IOException {
    long began = System.nanoTime();
    handle.force();
    forced = written;
    engine.housekeeping().attend(isContended ? RESPITE * (System.nanoTime() - began) : 0);
  }

  private long nextSequence() {
    return engine.log().locked(engine.log()::nextSequence);
  }

  /** How long the file is, once it is flushed. */
  long size() {
    return written + filled;
  }
}
