package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * One directory of files: all that a store needs of an operating system. A test can replace it with
 * one that fails, forgets, or keeps what a crash would leave.
 *
 * <p>What is written is durable after {@link Handle#force}; the existence and name of a file are
 * durable after {@link #syncDir}. All calls ignore interrupts. Thread-safe.
 */
public interface Disk extends Closeable {
  /** The name of the file that {@link #lock} creates, and leaves behind. */
  String LOCK = "lock";

  /** What a file is opened for. */
  enum Mode {
    /** To be read; it must exist. */
    READ,
    /** To be read and written; it must exist. */
    WRITE,
    /** To be read and written; it must not exist, and does so afterwards, empty. */
    CREATE
  }

  /**
   * Opens a file.
   *
   * @param name a plain file name
   * @throws NoSuchFileException if it must exist and does not
   * @throws java.nio.file.FileAlreadyExistsException if it must not exist and does
   */
  Handle open(String name, Mode mode) throws IOException;

  /** Gives a file another name, atomically; a file of that name is replaced. */
  void rename(String from, String to) throws IOException;

  /**
   * Deletes a file.
   *
   * @throws NoSuchFileException if it does not exist
   */
  void delete(String name) throws IOException;

  /** Deletes a file if it exists; returns whether it did. */
  default boolean deleteIfExists(String name) throws IOException {
    // Without a look at the directory: that would need a descriptor, which a process may not have.
    try {
      delete(name);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Makes all creations, renames and deletions so far durable. */
  void syncDir() throws IOException;

  /** The names of all files, in no particular order. */
  List<String> list() throws IOException;

  /** How many bytes the file system has; {@link Long#MAX_VALUE} if it does not say. */
  default long totalSpace() {
    return Long.MAX_VALUE;
  }

  /** How many of them can still be used; {@link Long#MAX_VALUE} if it does not say. */
  default long usableSpace() {
    return Long.MAX_VALUE;
  }

  /**
   * Keeps all others, in this process and elsewhere, from using the directory until the result is
   * closed.
   *
   * @throws IOException if the directory is in use, naming the user where that is known
   */
  Closeable lock() throws IOException;

  /** The name of a file, or of the directory where it is "", as a message shows it. */
  String show(String name);

  /** Releases what the disk itself holds; handles must be closed by their openers. */
  @Override
  void close() throws IOException;
}
