package dev.isopace.space.store;

import org.jspecify.annotations.Nullable;

/**
 * What happened to a disk, or what a caller of the log on it saw, in one order that the disk's lock
 * makes. A file is meant by its number, since names change.
 */
sealed interface Event {
  /** Does to an image what the event did to the disk. */
  default void applyTo(Image image) {}

  /** Whether it says something about a caller and nothing about the disk. */
  default boolean isMark() {
    return false;
  }

  record Create(int file, String name) implements Event {
    @Override
    public void applyTo(Image image) {
      image.create(file, name);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Write(int file, long at, byte[] bytes) implements Event {
    @Override
    public void applyTo(Image image) {
      image.write(file, at, bytes);
    }

    @Override
    public String toString() {
      return "Write[file=" + file + ", at=" + at + ", length=" + bytes.length + "]";
    }
  }

  record Truncate(int file, long size) implements Event {
    @Override
    public void applyTo(Image image) {
      image.truncate(file, size);
    }
  }

  record Force(int file) implements Event {
    @Override
    public void applyTo(Image image) {
      image.force(file);
    }
  }

  /** A force that failed: some of what it was asked for is durable, the rest never will be. */
  record FailedForce(int file, long kept) implements Event {
    @Override
    public void applyTo(Image image) {
      image.failForce(file, kept);
    }
  }

  record Rename(String from, String to) implements Event {
    @Override
    public void applyTo(Image image) {
      image.rename(from, to);
    }
  }

  record Delete(String name) implements Event {
    @Override
    public void applyTo(Image image) {
      image.delete(name);
    }
  }

  record SyncDir() implements Event {
    @Override
    public void applyTo(Image image) {
      image.syncDir();
    }
  }

  /** A sync of the directory that failed: none of the changes it was asked for will be durable. */
  record FailedSyncDir() implements Event {
    @Override
    public void applyTo(Image image) {
      image.failSyncDir();
    }
  }

  /** A call of the log began. */
  record Begun(int operation, boolean push, String key, @Nullable String value) implements Event {
    @Override
    public boolean isMark() {
      return true;
    }
  }

  /** A call returned; a pull returned that value, or null for nothing. */
  record Acknowledged(int operation, @Nullable String value) implements Event {
    @Override
    public boolean isMark() {
      return true;
    }
  }

  /** A call ended by an exception that says that nothing has changed. */
  record Refused(int operation) implements Event {
    @Override
    public boolean isMark() {
      return true;
    }
  }

  /** Something that a test wants to find again. */
  record Note(String text) implements Event {
    @Override
    public boolean isMark() {
      return true;
    }
  }
}
