package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A disk that says it did what it did not, so that no log on it can be crash-safe. */
final class LyingDisk extends ForwardingDisk {
  /** What the disk does not do, or not when it is asked to. */
  enum Lie {
    FORCES_NOTHING,
    SYNCS_NO_DIRECTORY,

    /** What is forced before a file gets its last name becomes durable only after that. */
    RENAMES_BEFORE_FORCE
  }

  private final Lie lie;

  /** The handles of new files whose force was put off, by name. */
  private final Map<String, Handle> putOff = new ConcurrentHashMap<>();

  LyingDisk(Disk disk, Lie lie) {
    super(disk);
    this.lie = lie;
  }

  @Override
  public Handle open(String name, Mode mode) throws IOException {
    return new LyingHandle(
        super.open(name, mode),
        lie == Lie.RENAMES_BEFORE_FORCE && mode == Mode.CREATE ? name : null);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    super.rename(from, to);
    if (lie == Lie.RENAMES_BEFORE_FORCE) {
      super.syncDir();
      Handle handle = putOff.remove(from);
      if (handle != null) {
        handle.force();
      }
    }
  }

  @Override
  public void syncDir() throws IOException {
    if (lie != Lie.SYNCS_NO_DIRECTORY) {
      super.syncDir();
    }
  }

  private final class LyingHandle extends ForwardingHandle {
    /** The name that the file had when it was made; null if its forces are not put off. */
    private @Nullable String name;

    LyingHandle(Handle handle, @Nullable String name) {
      super(handle);
      this.name = name;
      if (name != null) {
        putOff.put(name, handle);
      }
    }

    @Override
    public void close() throws IOException {
      if (name != null) {
        // Never forced, then.
        putOff.remove(name, handle);
      }
      super.close();
    }

    @Override
    public void force() throws IOException {
      if (name != null && !putOff.containsKey(name)) {
        name = null;
      }
      if (name == null && lie != Lie.FORCES_NOTHING) {
        handle.force();
      }
    }
  }
}
