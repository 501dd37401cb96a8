package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk on which one call fails, once: the n-th of those that the fault concerns. */
final class FaultyDisk extends ForwardingDisk {
  /** The note that the trace has where the call failed. */
  static final String NOTE = "fault";

  private static final String BROKEN = "Input/output error";
  private static final String FULL = "No space left on device";

  /** Which calls a fault concerns, and how they fail. */
  enum Fault {
    LOCK,
    LIST,
    OPEN,
    CREATE,
    CREATE_ON_FULL_DISK,
    READ,
    SIZE,
    WRITE,
    /** Half of the bytes are there. */
    WRITE_HALF,
    /** All of the bytes are there. */
    WRITE_WHOLE,
    WRITE_ON_FULL_DISK,
    WRITE_HALF_ON_FULL_DISK,
    /** Fewer bytes are written than were given, without any failure. */
    SHORT_WRITE,
    /** Fewer bytes are read than would fit, without any failure. */
    SHORT_READ,
    /** Nothing of what was to be forced is durable, and never will be; the next force succeeds. */
    FORCE_NOTHING,
    /** Some of it is durable. */
    FORCE_SOME,
    /** All of it is durable. */
    FORCE_ALL,
    TRUNCATE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY,
    /**
     * No change so far is durable, and none ever will be; the next call succeeds. File systems that
     * lose such changes let nobody go on before they were mounted anew, and show them to no process
     * after this one.
     */
    SYNC_DIRECTORY_FORGETS
  }

  private final SimulatedDisk simulated;
  private final Fault fault;
  private final AtomicInteger left;

  FaultyDisk(SimulatedDisk disk, Fault fault, int nth) {
    super(disk);
    this.simulated = disk;
    this.fault = fault;
    this.left = new AtomicInteger(nth);
  }

  boolean hasFailed() {
    return left.get() <= 0;
  }

  /** Whether a call of this kind is the one that fails. */
  private boolean isDue(Fault kind) {
    if (kind != fault || left.get() <= 0 || left.decrementAndGet() != 0) {
      return false;
    }
    simulated.mark(new Event.Note(NOTE));
    return true;
  }

  private void failIfDue(Fault kind, String message) throws IOException {
    if (isDue(kind)) {
      throw new IOException(message + " (" + kind + ")");
    }
  }

  @Override
  public Handle open(String name, Mode mode) throws IOException {
    if (mode == Mode.CREATE) {
      failIfDue(Fault.CREATE, BROKEN);
      failIfDue(Fault.CREATE_ON_FULL_DISK, FULL);
    } else {
      failIfDue(Fault.OPEN, BROKEN);
    }
    return new FaultyHandle(super.open(name, mode));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    failIfDue(Fault.RENAME, BROKEN);
    super.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    failIfDue(Fault.DELETE, BROKEN);
    super.delete(name);
  }

  @Override
  public void syncDir() throws IOException {
    failIfDue(Fault.SYNC_DIRECTORY, BROKEN);
    if (isDue(Fault.SYNC_DIRECTORY_FORGETS)) {
      simulated.failSyncDir();
      throw new IOException(BROKEN + " (" + Fault.SYNC_DIRECTORY_FORGETS + ")");
    }
    super.syncDir();
  }

  @Override
  public List<String> list() throws IOException {
    failIfDue(Fault.LIST, BROKEN);
    return super.list();
  }

  @Override
  public Closeable lock() throws IOException {
    failIfDue(Fault.LOCK, BROKEN);
    return super.lock();
  }

  private final class FaultyHandle extends ForwardingDisk.ForwardingHandle {
    FaultyHandle(Handle handle) {
      super(handle);
    }

    @Override
    public int write(ByteBuffer buffer, long at) throws IOException {
      failIfDue(Fault.WRITE, BROKEN);
      failIfDue(Fault.WRITE_ON_FULL_DISK, FULL);
      if (isDue(Fault.WRITE_HALF)) {
        writePart(buffer, at, buffer.remaining() / 2);
        throw new IOException(BROKEN + " after half of a write");
      }
      if (isDue(Fault.WRITE_HALF_ON_FULL_DISK)) {
        writePart(buffer, at, buffer.remaining() / 2);
        throw new IOException(FULL + " after half of a write");
      }
      if (isDue(Fault.WRITE_WHOLE)) {
        writePart(buffer, at, buffer.remaining());
        throw new IOException(BROKEN + " after all of a write");
      }
      if (buffer.remaining() > 1 && isDue(Fault.SHORT_WRITE)) {
        return writePart(buffer, at, buffer.remaining() / 2);
      }
      return super.write(buffer, at);
    }

    private int writePart(ByteBuffer buffer, long at, int length) throws IOException {
      int limit = buffer.limit();
      buffer.limit(buffer.position() + length);
      try {
        return handle.write(buffer, at);
      } finally {
        buffer.limit(limit);
      }
    }

    @Override
    public int read(ByteBuffer buffer, long at) throws IOException {
      failIfDue(Fault.READ, BROKEN);
      if (buffer.remaining() > 1 && isDue(Fault.SHORT_READ)) {
        int limit = buffer.limit();
        buffer.limit(buffer.position() + buffer.remaining() / 2);
        try {
          return super.read(buffer, at);
        } finally {
          buffer.limit(limit);
        }
      }
      return super.read(buffer, at);
    }

    @Override
    public void force() throws IOException {
      failForceIfDue(Fault.FORCE_NOTHING, 0);
      failForceIfDue(Fault.FORCE_SOME, 0x5555_5555_5555_5555L);
      failForceIfDue(Fault.FORCE_ALL, -1);
      super.force();
    }

    private void failForceIfDue(Fault kind, long kept) throws IOException {
      if (isDue(kind)) {
        simulated.failForce(handle, kept);
        throw new IOException(BROKEN + " (" + kind + ")");
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      failIfDue(Fault.TRUNCATE, BROKEN);
      super.truncate(size);
    }

    @Override
    public long size() throws IOException {
      failIfDue(Fault.SIZE, BROKEN);
      return super.size();
    }
  }
}
