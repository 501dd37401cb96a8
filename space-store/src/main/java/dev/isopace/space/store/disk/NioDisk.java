package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a real file system.
 *
 * <p>An interrupt of a thread that is in a call of {@link FileChannel} closes the channel, and with
 * it the file for everybody. Users' threads therefore read, write and force through {@link
 * RandomAccessFile}, which knows no interrupts, or through mapped memory. What needs a channel
 * (mapping, the directory, the lock), or is much faster by one (zeros, which need not be copied to
 * where the system can reach them), is left to calls that the store makes on a thread of its own:
 * {@link #syncDir}, {@link #lock}, {@link Handle#map} and {@link Handle#writeZeros}. If that thread
 * is interrupted nevertheless, the channel of a file is lost but not the file; see {@link OwnFile}.
 */
public final class NioDisk implements Disk {
  /**
   * File systems that need no room for what is overwritten. Where there is none, a write through
   * memory is lost: it has returned by then. Others need it, as XFS and APFS do where a copy of the
   * file shares its blocks, or are layered over one of which nothing is known here.
   */
  private static final Set<String> OVERWRITING = Set.of("ext2", "ext3", "ext4", "tmpfs");

  /**
   * As many as were needed at once so far, where the system can reach them; for all stores, since
   * to get such memory takes longer than to write it. A race can replace them by fewer, which does
   * no harm: whoever needs more gets more.
   */
  private static volatile ByteBuffer zeros = ByteBuffer.allocate(0);

  /** As it was named. */
  private final Path shown;

  /** Where it is: a link that led to it may lead elsewhere later. */
  private final Path directory;

  /**
   * Distinguishes the directory from another of its name; null where the system has no such key.
   */
  private final @Nullable Object identity;

  /**
   * Whether files are mapped, to be read and written through memory. Not to be read alone: the JVM
   * tells late of what is mapped and cannot be reached, on Java 17 in whatever code happens to run
   * then, and be it that which gives back a lock; and where each operation waits for the device, a
   * call to read costs little.
   */
  private final boolean isMapping;

  private final boolean isOnlyRead;

  /** Set by the thread that then changes the directory. */
  private volatile @Nullable DirectoryLock lock;

  /**
   * The directory since its first sync; the store's own thread's. It stays open: a process may have
   * no descriptor left for a moment, and a sync that fails is the end of the store.
   */
  private @Nullable FileChannel openedDirectory;

  /** Whether there was no memory for them: to ask again would take half a second each time. */
  private boolean lacksMemoryForZeros;

  /** How many bytes may still be mapped. */
  private final AtomicLong budget;

  /**
   * The disk of a directory, which must exist.
   *
   * @param memory how many bytes may be mapped
   * @param isMapping whether files are read and written through memory, which is fast and survives
   *     the process, but cannot be forced as cheaply; only done where the file system is known to
   *     overwrite in place
   */
  public NioDisk(Path directory, long memory, boolean isMapping) throws IOException {
    this(directory, memory, isMapping, false);
  }

  private NioDisk(Path directory, long memory, boolean isMapping, boolean isOnlyRead)
      throws IOException {
    this.shown = directory;
    this.directory = directory.toRealPath();
    this.identity = identify(directory);
    this.isMapping = isMapping && overwrites(directory);
    this.isOnlyRead = isOnlyRead;
    this.budget = new AtomicLong(memory);
  }

  private static boolean overwrites(Path directory) {
    try {
      return OVERWRITING.contains(Files.getFileStore(directory).type());
    } catch (IOException e) {
      // Nothing says so, as where the system hides what is mounted.
      return false;
    }
  }

  /**
   * The disk of a directory that is only read, and locked as far as that is possible where nothing
   * can be written.
   */
  public static NioDisk toRead(Path directory) throws IOException {
    return new NioDisk(directory, 0, false, true);
  }

  @Override
  public Handle open(String name, Mode mode) throws IOException {
    Path path = path(name);
    if (mode == Mode.CREATE) {
      requireSame();
      Files.createFile(path);
    } else if (!Files.exists(path)) {
      throw new NoSuchFileException(show(name));
    } else if (!Files.isRegularFile(path)) {
      // To read a pipe would wait for somebody to write to it.
      throw new FileSystemException(show(name), null, "it is not a regular file");
    }
    return new NioHandle(path.toFile(), mode == Mode.READ ? "r" : "rw");
  }

  @Override
  public void rename(String from, String to) throws IOException {
    requireSame();
    Files.move(
        path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    requireSame();
    Files.delete(path(name));
  }

  @Override
  public void syncDir() throws IOException {
    for (boolean isSynced = false; !isSynced; ) {
      try {
        openedDirectory().force(true);
        // That of another directory would say nothing of what was done in this one.
        requireSame();
        isSynced = true;
      } catch (ClosedChannelException e) {
        // An interrupt of all threads of a group is not meant for the directory, which did not
        // fail.
        Thread.interrupted();
        openedDirectory = null;
      }
    }
  }

  private FileChannel openedDirectory() throws IOException {
    FileChannel opened = openedDirectory;
    if (opened == null) {
      opened = openToSync(directory);
      openedDirectory = opened;
    }
    return opened;
  }

  private static FileChannel openToSync(Path directory) throws IOException {
    return FileChannel.open(directory, StandardOpenOption.READ);
  }

  /** Makes the names in a directory durable. */
  public static void sync(Path directory) throws IOException {
    try (FileChannel channel = openToSync(directory)) {
      channel.force(true);
    }
  }

  @Override
  public List<String> list() throws IOException {
    return names(directory);
  }

  private static ByteBuffer zeros(int length) {
    ByteBuffer enough = zeros;
    if (enough.capacity() < length) {
      enough = ByteBuffer.allocateDirect(length).asReadOnlyBuffer();
      zeros = enough;
    }
    return enough.duplicate().limit(length);
  }

  /** What is in a directory. */
  public static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public long totalSpace() {
    long total = directory.toFile().getTotalSpace();
    // Zero is said where it is not known.
    return total > 0 ? total : Long.MAX_VALUE;
  }

  @Override
  public long usableSpace() {
    File file = directory.toFile();
    long usable = file.getUsableSpace();
    // Zero is also said of a full disk, the size of which is known.
    return usable > 0 || file.getTotalSpace() > 0 ? Math.max(0, usable) : Long.MAX_VALUE;
  }

  @Override
  public Closeable lock() throws IOException {
    DirectoryLock acquired =
        isOnlyRead
            ? DirectoryLock.acquireToRead(shown, directory)
            : DirectoryLock.acquire(shown, directory);
    lock = acquired;
    return acquired;
  }

  @Override
  public String show(String name) {
    return (name.isEmpty() ? shown : shown.resolve(name)).toString();
  }

  @Override
  public void close() throws IOException {
    FileChannel opened = openedDirectory;
    if (opened != null) {
      opened.close();
    }
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private static @Nullable Object identify(Path directory) throws IOException {
    return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
  }

  /** Where others go on, they would lose entries by what is done here, and this store by them. */
  private void requireSame() throws IOException {
    if (!Objects.equals(identify(directory), identity)) {
      throw new IOException(
          shown
              + " is not the directory any more that this store was opened in: it was deleted or"
              + " moved, and another one has its name");
    }
    DirectoryLock held = lock;
    if (held != null) {
      held.requireSame();
    }
  }

  /**
   * A file that its channel cannot close. A channel that is closed, as by an interrupt, closes the
   * file that it is of; here that does nothing, and reads and writes by calls go on.
   */
  private static final class OwnFile extends RandomAccessFile {
    private volatile boolean isDone;

    OwnFile(File path, String mode) throws IOException {
      super(path, mode);
    }

    @Override
    public void close() throws IOException {
      if (isDone) {
        super.close();
      }
    }

    /** Closes the file, and its channel with it. */
    void closeForGood() throws IOException {
      isDone = true;
      super.close();
    }
  }

  private final class NioHandle implements Handle {
    private final OwnFile file;
    private final boolean writable;

    /** Guards the position of the file, which reads and writes share. */
    private final Lock position = new ReentrantLock();

    /** Where the file stands, or -1; a write that goes on there needs one system call less. */
    private long pointer;

    private volatile @Nullable Mapping mapping;

    /** What is mapped, if anything is. */
    private volatile @Nullable ByteBuffer mapped;

    NioHandle(File path, String mode) throws IOException {
      this.file = new OwnFile(path, mode);
      this.writable = mode.equals("rw");
    }

    @Override
    public int write(ByteBuffer buffer, long at) throws IOException {
      int length = buffer.remaining();
      ByteBuffer memory = mapped;
      if (memory != null && at + length <= memory.capacity()) {
        try {
          memory.put((int) at, buffer, buffer.position(), length);
        } catch (InternalError e) {
          throw unreachable(e);
        }
        buffer.position(buffer.limit());
        return length;
      }
      position.lock();
      try {
        seek(at);
        file.write(buffer.array(), buffer.arrayOffset() + buffer.position(), length);
        pointer = at + length;
      } finally {
        position.unlock();
      }
      buffer.position(buffer.limit());
      return length;
    }

    @Override
    public void writeZeros(long from, long to) throws IOException {
      if (mapped != null || lacksMemoryForZeros) {
        Handle.super.writeZeros(from, to);
        return;
      }
      // An interrupt of all threads of a group is not meant for the file.
      Thread.interrupted();
      try {
        ByteBuffer written = zeros(Math.toIntExact(to - from));
        while (written.hasRemaining()) {
          file.getChannel().write(written, from + written.position());
        }
      } catch (ClosedChannelException e) {
        // An interrupt came in that very moment, or earlier.
        Thread.interrupted();
        Handle.super.writeZeros(from, to);
      } catch (OutOfMemoryError e) {
        lacksMemoryForZeros = true;
        Handle.super.writeZeros(from, to);
      }
    }

    @Override
    public int read(ByteBuffer buffer, long at) throws IOException {
      int length = buffer.remaining();
      ByteBuffer memory = mapped;
      if (memory != null && at + length <= memory.capacity()) {
        try {
          memory.get((int) at, buffer.array(), buffer.arrayOffset() + buffer.position(), length);
        } catch (InternalError e) {
          throw unreachable(e);
        }
        buffer.position(buffer.limit());
        return length;
      }
      int read;
      position.lock();
      try {
        seek(at);
        read = file.read(buffer.array(), buffer.arrayOffset() + buffer.position(), length);
        pointer = at + Math.max(0, read);
      } finally {
        position.unlock();
      }
      if (read > 0) {
        buffer.position(buffer.position() + read);
      }
      return read;
    }

    /** What the JVM makes of a device that cannot read a page, and of a file that was cut. */
    private IOException unreachable(InternalError error) {
      return new IOException("what is mapped of the file cannot be reached", error);
    }

    /** Goes to a place; until the next call has succeeded, nobody knows where the file stands. */
    private void seek(long at) throws IOException {
      if (pointer != at) {
        file.seek(at);
      }
      pointer = -1;
    }

    @Override
    public void force() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void truncate(long size) throws IOException {
      position.lock();
      try {
        pointer = -1;
        file.setLength(size);
      } finally {
        position.unlock();
      }
    }

    @Override
    public void map() throws IOException {
      if (!isMapping || mapped != null) {
        return;
      }
      long size = file.length();
      if (size == 0 || size > Integer.MAX_VALUE) {
        return;
      }
      if (budget.addAndGet(-size) < 0) {
        budget.addAndGet(size);
        return;
      }
      // An interrupt of all threads of a group is not meant for the file.
      Thread.interrupted();
      MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
      try {
        Mapping made = Mapping.of(file.getChannel(), mode, size);
        mapping = made;
        mapped = made.buffer;
      } catch (ClosedByInterruptException e) {
        // It came in that very moment; without its channel, the file is read and written by calls.
        Thread.interrupted();
        budget.addAndGet(size);
      } catch (IOException | RuntimeException | Error e) {
        budget.addAndGet(size);
        throw e;
      }
    }

    @Override
    public boolean isMapped() {
      return mapped != null;
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    @SuppressWarnings("try") // the file is there to be closed
    public void close() throws IOException {
      Mapping made = mapping;
      if (made != null) {
        mapping = null;
        mapped = null;
        budget.addAndGet(made.buffer.capacity());
      }
      try (Closeable opened = file::closeForGood;
          made) {
        // What cannot be unmapped is closed, too.
      }
    }
  }
}
