package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory for one store, among all processes of the machine.
 *
 * <p>The lock of a file belongs to the process: a second one of the same process would be granted,
 * and closing it would release the first. So this process keeps account of its own, by what the
 * file system calls the directory, and never opens the file twice.
 */
final class DirectoryLock implements Closeable {
  private static final String FILE = "lock";
  private static final int LONGEST_HOLDER = 200;

  /**
   * The directories that this process uses are system properties, since this class may be loaded
   * several times in one process: behind this, what identifies the directory; and how it was named.
   */
  private static final String HELD = "dev.isopace.space.store.held:";

  private final String property;

  /** Null where there is no file that could be locked. */
  private final @Nullable FileChannel channel;

  private DirectoryLock(String property, @Nullable FileChannel channel) {
    this.property = property;
    this.channel = channel;
  }

  /** How the file is locked, once this process has no account of the directory. */
  private interface Locking {
    /** Returns what was locked. */
    @Nullable FileChannel lock(Path directory, Path file) throws IOException;
  }

  static DirectoryLock acquire(Path directory) throws IOException {
    return acquire(directory, DirectoryLock::lock);
  }

  /**
   * The same, for those who only read. Where nothing can be written, a lock that is there is shared
   * with others who do the same, and where none can be read, nobody else is kept away.
   */
  static DirectoryLock acquireToRead(Path directory) throws IOException {
    return acquire(directory, DirectoryLock::lockToRead);
  }

  private static DirectoryLock acquire(Path directory, Locking locking) throws IOException {
    Path real = directory.toRealPath();
    Object key = Files.readAttributes(real, BasicFileAttributes.class).fileKey();
    String property = HELD + (key == null ? real : key);
    Object holder = System.getProperties().putIfAbsent(property, directory.toString());
    if (holder != null) {
      throw inUse(directory, "this process, as " + holder);
    }
    try {
      return new DirectoryLock(property, locking.lock(directory, real.resolve(FILE)));
    } catch (IOException | RuntimeException | Error e) {
      System.clearProperty(property);
      throw e;
    }
  }

  private static FileChannel lock(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(directory, channel, false);
      byte[] name = ("process " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(name), 0);
      return channel;
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(e, channel);
      throw e;
    }
  }

  private static @Nullable FileChannel lockToRead(Path directory, Path file) throws IOException {
    try {
      return lock(directory, file);
    } catch (FileSystemException e) {
      if (Files.isWritable(Files.exists(file) ? file : directory)) {
        throw e;
      }
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException | AccessDeniedException e) {
      return null;
    }
    try {
      lock(directory, channel, true);
      return channel;
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(e, channel);
      throw e;
    }
  }

  private static void lock(Path directory, FileChannel channel, boolean isShared)
      throws IOException {
    if (channel.tryLock(0, Long.MAX_VALUE, isShared) == null) {
      throw inUse(directory, readHolder(channel));
    }
  }

  private static void closeAfter(Throwable failure, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static String readHolder(FileChannel channel) {
    ByteBuffer name = ByteBuffer.allocate(LONGEST_HOLDER);
    try {
      channel.read(name, 0);
    } catch (IOException e) {
      return "another process";
    }
    String holder = new String(name.array(), 0, name.position(), StandardCharsets.UTF_8).strip();
    return holder.isEmpty() ? "another process" : holder;
  }

  private static IOException inUse(Path directory, String holder) {
    return new IOException(
        directory
            + " is in use by "
            + holder
            + "; a store is opened once at a time: close it there, or share what was opened");
  }

  @Override
  public void close() throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      System.clearProperty(property);
    }
  }
}
