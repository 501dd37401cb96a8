package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
  private final FileChannel channel;

  private DirectoryLock(String property, FileChannel channel) {
    this.property = property;
    this.channel = channel;
  }

  static DirectoryLock acquire(Path directory) throws IOException {
    Path real = directory.toRealPath();
    Object key = Files.readAttributes(real, BasicFileAttributes.class).fileKey();
    String property = HELD + (key == null ? real : key);
    Object holder = System.getProperties().putIfAbsent(property, directory.toString());
    if (holder != null) {
      throw inUse(directory, "this process, as " + holder);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              real.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(directory, readHolder(channel));
      }
      byte[] name = ("process " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(name), 0);
      return new DirectoryLock(property, channel);
    } catch (IOException | RuntimeException | Error e) {
      release(property, channel, e);
      throw e;
    }
  }

  private static void release(String property, @Nullable FileChannel channel, Throwable failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    } finally {
      System.clearProperty(property);
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
      channel.close();
    } finally {
      System.clearProperty(property);
    }
  }
}
