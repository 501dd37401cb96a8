package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directory of a store. */
final class Directory {
  private Directory() {}

  /** The disk of a directory, which is made if need be. */
  static Disk create(Path directory, Settings settings) throws IOException {
    if (!Files.isDirectory(directory)) {
      // Not of one that is there: what it leads to by a link may be elsewhere by name.
      make(directory.toAbsolutePath().normalize());
    }
    return new NioDisk(directory, settings.memory(), settings.sync() != Settings.Sync.ALWAYS);
  }

  /** The disk of a directory that is only looked at. */
  static Disk ofStore(Path directory) throws IOException {
    if (!holdsStore(directory)) {
      throw new NoSuchFileException(directory.toString(), null, "there is no store");
    }
    return NioDisk.toRead(directory);
  }

  static boolean holdsStore(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    return NioDisk.names(directory).stream()
        .anyMatch(name -> name.equals(Checkpoint.NAME) || Segment.NAME.matcher(name).matches());
  }

  private static void make(@Nullable Path directory) throws IOException {
    if (directory == null) {
      return;
    }
    if (Files.exists(directory)) {
      requireDirectory(directory);
      return;
    }
    Path parent = directory.getParent();
    make(parent);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      requireDirectory(directory);
    }
    if (parent != null) {
      NioDisk.sync(parent);
    }
  }

  private static void requireDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new NotDirectoryException(path + " is not a directory");
    }
  }
}
