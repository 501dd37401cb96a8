package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that records what is done to it, so that the states can be derived in which a
 * crash would leave it. One object serves one process: the next one gets one {@link #afterKill}, or
 * a disk made of a {@link DiskState}.
 */
final class SimulatedDisk implements Disk {
  /** Makes what a disk does and what it records one step. */
  private final Lock lock = new ReentrantLock();

  private final Image initial;
  private final Map<String, File> names = new HashMap<>();
  private final @Nullable List<Event> events;
  private volatile Runnable beforeForce = () -> {};
  private int files;
  private int operations;
  private int openHandles;
  private boolean locked;
  private boolean closed;

  private static final class File {
    final int number;
    Content content;

    File(int number, Content content) {
      this.number = number;
      this.content = content;
    }
  }

  private SimulatedDisk(Image initial, @Nullable List<Event> events) {
    this.initial = initial;
    this.events = events;
    Image now = initial;
    if (events != null && !events.isEmpty()) {
      now = new Trace(initial, events).image(events.size());
    }
    this.files = now.lastFile() + 1;
    for (Map.Entry<String, Integer> name : now.names().entrySet()) {
      int number = name.getValue();
      names.put(name.getKey(), new File(number, now.file(number).written));
    }
  }

  /** An empty disk that records. */
  static SimulatedDisk empty() {
    return after(DiskState.EMPTY);
  }

  /** A disk that was found in that state, and records. */
  static SimulatedDisk after(DiskState state) {
    return new SimulatedDisk(new Image(state), new ArrayList<>());
  }

  /** A disk that not all is durable of that was written, and records. */
  static SimulatedDisk after(Image image) {
    return new SimulatedDisk(image.copy(), new ArrayList<>());
  }

  /** A disk that was found in that state, and records nothing, which is faster. */
  static SimulatedDisk mute(DiskState state) {
    return new SimulatedDisk(new Image(state), null);
  }

  /**
   * The disk for the next process after one has died, and not the operating system: all that was
   * written is there. Its trace goes on where that one ended.
   */
  static SimulatedDisk afterKill(Trace trace) {
    SimulatedDisk disk = new SimulatedDisk(trace.initial(), new ArrayList<>(trace.events()));
    disk.operations = trace.events().size();
    return disk;
  }

  /** What happened so far. */
  Trace trace() {
    lock.lock();
    try {
      if (events == null) {
        throw new IllegalStateException("this disk does not record");
      }
      return new Trace(initial, List.copyOf(events));
    } finally {
      lock.unlock();
    }
  }

  /** What runs before each force, outside of the lock: other threads may be let in there. */
  void beforeForce(Runnable action) {
    beforeForce = action;
  }

  int openHandles() {
    lock.lock();
    try {
      return openHandles;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is held any more: neither handles nor the lock nor the disk itself. */
  boolean isReleased() {
    lock.lock();
    try {
      return openHandles == 0 && !locked && closed;
    } finally {
      lock.unlock();
    }
  }

  /** Records that a call of the log begins. */
  int begin(boolean push, String key, @Nullable String value) {
    lock.lock();
    try {
      int operation = operations++;
      add(new Event.Begun(operation, push, key, value));
      return operation;
    } finally {
      lock.unlock();
    }
  }

  /** Records what a caller saw. */
  void mark(Event event) {
    lock.lock();
    try {
      add(event);
    } finally {
      lock.unlock();
    }
  }

  private void add(Event event) {
    if (events != null) {
      events.add(event);
    }
  }

  @Override
  public Handle open(String name, Mode mode) throws IOException {
    lock.lock();
    try {
      requireOpen();
      File file = names.get(name);
      if (mode == Mode.CREATE) {
        if (file != null) {
          throw new FileAlreadyExistsException(name);
        }
        file = new File(files++, Content.EMPTY);
        names.put(name, file);
        add(new Event.Create(file.number, name));
      } else if (file == null) {
        throw new NoSuchFileException(name);
      }
      openHandles++;
      return new SimulatedHandle(file, mode != Mode.READ);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    lock.lock();
    try {
      requireOpen();
      File file = names.remove(from);
      if (file == null) {
        throw new NoSuchFileException(from);
      }
      names.put(to, file);
      add(new Event.Rename(from, to));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    lock.lock();
    try {
      requireOpen();
      if (names.remove(name) == null) {
        throw new NoSuchFileException(name);
      }
      add(new Event.Delete(name));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void syncDir() throws IOException {
    lock.lock();
    try {
      requireOpen();
      add(new Event.SyncDir());
    } finally {
      lock.unlock();
    }
  }

  /** A sync that fails although the system then takes the directory for clean. */
  void failSyncDir() {
    lock.lock();
    try {
      add(new Event.FailedSyncDir());
    } finally {
      lock.unlock();
    }
  }

  /** A force that fails although the system then takes what it should have forced for clean. */
  void failForce(Handle handle, long kept) {
    lock.lock();
    try {
      add(new Event.FailedForce(((SimulatedHandle) handle).file.number, kept));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<String> list() throws IOException {
    lock.lock();
    try {
      requireOpen();
      return List.copyOf(names.keySet());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Closeable lock() throws IOException {
    lock.lock();
    try {
      requireOpen();
      if (locked) {
        throw new IOException("the simulated disk is locked already");
      }
      locked = true;
    } finally {
      lock.unlock();
    }
    return () -> {
      lock.lock();
      try {
        locked = false;
      } finally {
        lock.unlock();
      }
    };
  }

  @Override
  public String show(String name) {
    return name.isEmpty() ? "simulated" : "simulated/" + name;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the simulated disk is closed");
    }
  }

  private final class SimulatedHandle implements Handle {
    final File file;
    private final boolean writable;
    private boolean open = true;

    SimulatedHandle(File file, boolean writable) {
      this.file = file;
      this.writable = writable;
    }

    private void require(boolean toWrite) throws IOException {
      if (!open) {
        throw new IOException("the handle of file " + file.number + " is closed");
      }
      if (toWrite && !writable) {
        throw new IOException("the handle of file " + file.number + " is for reading");
      }
    }

    @Override
    public int write(ByteBuffer buffer, long at) throws IOException {
      int length = buffer.remaining();
      lock.lock();
      try {
        require(true);
        byte[] bytes;
        int from = 0;
        if (events == null && buffer.hasArray()) {
          bytes = buffer.array();
          from = buffer.arrayOffset() + buffer.position();
          buffer.position(buffer.limit());
        } else {
          bytes = new byte[length];
          buffer.get(bytes);
          add(new Event.Write(file.number, at, bytes));
        }
        file.content = file.content.write(at, bytes, from, length);
        return length;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int read(ByteBuffer buffer, long at) throws IOException {
      Content content;
      lock.lock();
      try {
        require(false);
        content = file.content;
      } finally {
        lock.unlock();
      }
      return content.read(buffer, at);
    }

    @Override
    public void force() throws IOException {
      beforeForce.run();
      lock.lock();
      try {
        require(false);
        add(new Event.Force(file.number));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      lock.lock();
      try {
        require(true);
        if (size > file.content.size()) {
          throw new IllegalArgumentException(
              "cannot cut file "
                  + file.number
                  + " to "
                  + size
                  + " bytes: it has "
                  + file.content.size());
        }
        file.content = file.content.truncate(size);
        add(new Event.Truncate(file.number, size));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public long size() throws IOException {
      lock.lock();
      try {
        require(false);
        return file.content.size();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (open) {
          open = false;
          openHandles--;
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
