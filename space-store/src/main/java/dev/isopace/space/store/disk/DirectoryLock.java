package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory for one store, among all processes of the machine.
 *
 * <p>The lock of a file belongs to the process: a second one of the same process would be granted,
 * and closing it would release the first. So this process keeps account of its own, by what the
 * file system calls the directory and the file, and never opens the file twice, whatever links lead
 * to it.
 *
 * <p>Other code of the process knows nothing of that: if it reads the file, as a backup of the
 * directory does, the system forgets the lock. So the file also says who holds the directory, and
 * as long as the system shows that process to be running, nobody else gets it. If the file is
 * deleted, whoever comes next makes another one, and gets the directory; {@link #requireSame}
 * notices that.
 */
final class DirectoryLock implements Closeable {
  private static final int LONGEST_HOLDER = 200;

  /**
   * What stands in the file while a process holds the directory: its id, when it started, and what
   * identifies the file, since a copy of all this is free.
   */
  private static final Pattern HOLDER =
      Pattern.compile("(process (?<id>\\d{1,18}))\nstarted (?<started>\\S+)\nof (?<file>.*)");

  /**
   * The directories that this process uses, and the files in them that it locks, are system
   * properties, since this class may be loaded several times in one process: behind this, what
   * identifies the one or the other; and how the directory was named.
   */
  private static final String HELD = "dev.isopace.space.store.held:";

  /** The directory, as it was named. */
  private final Path shown;

  /** What this process has put down, to be taken back. */
  private final List<String> claims = new ArrayList<>();

  /** Null where there is no file that could be locked. */
  private @Nullable FileChannel channel;

  /** The file in which this process is named. */
  private @Nullable Path signed;

  /** What identifies that file, if anything does. */
  private @Nullable Object identity;

  private DirectoryLock(Path shown) {
    this.shown = shown;
  }

  /** How a file is locked, once this process has claimed the directory. */
  private interface Locking {
    void lock(DirectoryLock lock, Path file) throws IOException;
  }

  /**
   * Locks a directory.
   *
   * @param shown as it was named
   * @param real where it is
   */
  static DirectoryLock acquire(Path shown, Path real) throws IOException {
    return acquire(shown, real, DirectoryLock::lock);
  }

  /**
   * The same, for those who only read. Where nothing can be written, a lock that is there is shared
   * with others who do the same, and where none can be read, nobody else is kept away.
   */
  static DirectoryLock acquireToRead(Path shown, Path real) throws IOException {
    return acquire(shown, real, DirectoryLock::lockToRead);
  }

  private static DirectoryLock acquire(Path shown, Path real, Locking locking) throws IOException {
    DirectoryLock lock = new DirectoryLock(shown);
    try {
      lock.claim(real);
      locking.lock(lock, real.resolve(Disk.LOCK));
      return lock;
    } catch (IOException | RuntimeException | Error e) {
      try {
        lock.close();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Keeps all others of this process from a directory, or a file. */
  private void claim(Path path) throws IOException {
    Object key = identify(path);
    String property = HELD + (key == null ? path.toRealPath() : key);
    Object holder = System.getProperties().putIfAbsent(property, shown.toString());
    if (holder != null) {
      throw inUse("this process, as " + holder);
    }
    claims.add(property);
  }

  private static @Nullable Object identify(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  private void lock(Path file) throws IOException {
    try {
      claim(file);
    } catch (NoSuchFileException e) {
      // Nobody can have locked it yet.
      FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      claim(file);
    }
    FileChannel opened =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel = opened;
    lock(opened, false);
    requireForsaken(opened, file);
    identity = identify(file);
    signed = file;
    byte[] name = self(file).getBytes(StandardCharsets.UTF_8);
    try {
      opened.write(ByteBuffer.wrap(name), 0);
      opened.truncate(name.length);
    } catch (IOException e) {
      if (!opened.isOpen()) {
        // An interrupt has closed it, and the lock went with it.
        throw e;
      }
      // A full disk; it is locked all the same, and only the name is missing.
    }
  }

  private static String self(Path file) throws IOException {
    long id = ProcessHandle.current().pid();
    return "process "
        + id
        + ProcessStart.of(id).map(start -> "\nstarted " + start).orElse("")
        + "\nof "
        + nameOf(file);
  }

  private static String nameOf(Path file) throws IOException {
    Object key = identify(file);
    return (key == null ? file : key).toString();
  }

  /** Refuses a directory that another process holds, although it has lost its lock of the file. */
  private void requireForsaken(FileChannel opened, Path file) throws IOException {
    Matcher holder = HOLDER.matcher(read(opened));
    if (holder.matches() && holder.group("file").equals(nameOf(file)) && isRunning(holder)) {
      throw inUse(
          holder.group(1)
              + ", which has lost its lock of "
              + file
              + ", as if it had read that file itself");
    }
  }

  private static boolean isRunning(Matcher holder) {
    long id = Long.parseLong(holder.group("id"));
    Optional<String> started = Optional.of(holder.group("started"));
    return id != ProcessHandle.current().pid() && ProcessStart.of(id).equals(started);
  }

  /** Sees to it that nobody has put another file in the place of the one that is locked. */
  void requireSame() throws IOException {
    Path file = signed;
    if (file != null && Files.exists(file) && !Objects.equals(identify(file), identity)) {
      throw new IOException(
          "another process has opened this store: somebody has deleted or replaced "
              + file
              + ", which must be left alone");
    }
  }

  private void lockToRead(Path file) throws IOException {
    try {
      lock(file);
      return;
    } catch (FileSystemException e) {
      if (Files.isWritable(Files.exists(file) ? file : shown)) {
        throw e;
      }
    }
    try {
      FileChannel opened = FileChannel.open(file, StandardOpenOption.READ);
      channel = opened;
      lock(opened, true);
      requireForsaken(opened, file);
    } catch (NoSuchFileException | AccessDeniedException e) {
      // There is none, or none for this user.
    }
  }

  private void lock(FileChannel opened, boolean isShared) throws IOException {
    try {
      if (opened.tryLock(0, Long.MAX_VALUE, isShared) == null) {
        throw inUse(readHolder(opened));
      }
    } catch (OverlappingFileLockException e) {
      // Somebody else than a store: that would have been claimed.
      throw inUse("this process");
    }
  }

  private static String readHolder(FileChannel channel) {
    String holder = read(channel).lines().findFirst().orElse("");
    return holder.isEmpty() ? "another process" : holder;
  }

  /** What the file says; empty if it cannot be read. */
  private static String read(FileChannel channel) {
    ByteBuffer name = ByteBuffer.allocate(LONGEST_HOLDER);
    try {
      channel.read(name, 0);
    } catch (IOException e) {
      return "";
    }
    return new String(name.array(), 0, name.position(), StandardCharsets.UTF_8).strip();
  }

  private IOException inUse(String holder) {
    return new IOException(
        shown
            + " is in use by "
            + holder
            + "; a store is opened once at a time: close it there, or share what was opened");
  }

  @Override
  public void close() throws IOException {
    try (FileChannel locked = channel) {
      if (locked != null && signed != null) {
        signOff(locked, signed);
      }
    } finally {
      claims.forEach(System::clearProperty);
    }
  }

  /** This process may run on, and holds the directory no more. */
  private void signOff(FileChannel locked, Path file) {
    try {
      locked.truncate(0);
    } catch (ClosedChannelException e) {
      // By an interrupt, and the lock went with it.
      signOffAgain(file);
    } catch (IOException e) {
      // Nobody will open a store where not even that can be done.
    }
  }

  private void signOffAgain(Path file) {
    try {
      requireSame();
      Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      // Likewise.
    }
  }
}
