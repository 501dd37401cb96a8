package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Calls may run at the same time; bytes that are read while they are written may come
 * out as anything, and the caller must make nothing of them. A handle is closed only when it is no
 * longer used.
 */
public interface Handle extends Closeable {
  /**
   * Writes from the buffer's position on, and moves it by what was written.
   *
   * @param at where to, in bytes from the beginning; a file that is shorter grows
   * @return how many bytes were written, which may be fewer than remain, but not zero
   */
  int write(ByteBuffer buffer, long at) throws IOException;

  /**
   * Writes zeros. Called by the store's own thread alone.
   *
   * @param from the first byte to be zero, counted from the beginning of the file, which may grow
   * @param to the first one after them
   */
  default void writeZeros(long from, long to) throws IOException {
    Transfers.writeFully(this, ByteBuffer.allocate(Math.toIntExact(to - from)), from);
  }

  /**
   * Reads into the buffer from its position on, and moves it by what was read.
   *
   * @param at where from, in bytes from the beginning
   * @return how many bytes were read, which may be fewer than fit; -1 at the end of the file
   */
  int read(ByteBuffer buffer, long at) throws IOException;

  /** Makes all that was written durable. After a failure nothing is known of what is durable. */
  void force() throws IOException;

  /** Cuts the file to a size, which is not more than its present one. */
  void truncate(long size) throws IOException;

  /**
   * A hint that the file has reached its size, and will be read and written often: from now on its
   * bytes may be accessed through memory.
   */
  default void map() throws IOException {}

  /** Maps the file if that is possible; one that cannot be mapped is read and written by calls. */
  default void mapIfPossible() {
    try {
      map();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // It is as good as before; only slower. What is missing is room for addresses, not on the
      // heap.
    }
  }

  /** Whether the file is mapped, so that reading needs no system call. */
  default boolean isMapped() {
    return false;
  }

  /** The file's size in bytes. */
  long size() throws IOException;

  @Override
  void close() throws IOException;
}
