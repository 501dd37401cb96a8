package dev.isopace.space.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory on the disk that is measured, which is deleted with its content when closed. */
final class Workplace implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  private final Path root;
  private int made;

  private Workplace(Path root) {
    this.root = root;
  }

  static Workplace in(Path directory) throws IOException {
    Files.createDirectories(directory.toAbsolutePath());
    return new Workplace(Files.createTempDirectory(directory.toAbsolutePath(), "store-benchmark-"));
  }

  /** Returns the path of a name that is not in use yet. */
  Path fresh(String name) {
    return root.resolve(name + "-" + ++made);
  }

  /**
   * Copies the files of a directory; of an open store that is idle, the copy is what a kill would
   * leave.
   */
  Path copy(Path directory) throws IOException {
    Path copy = Files.createDirectory(fresh("copy"));
    for (Path file : files(directory)) {
      Files.copy(file, copy.resolve(file.getFileName().toString()));
    }
    return copy;
  }

  /** Makes all files of a directory durable, so that nothing is left to be written later. */
  static void settle(Path directory) throws IOException {
    for (Path file : files(directory)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  /** Returns how many bytes the files of a directory have, which may be changing. */
  static long size(Path directory) throws IOException {
    long size = 0;
    for (Path file : files(directory)) {
      try {
        size += Files.size(file);
      } catch (NoSuchFileException e) {
        // Deleted since it was listed.
      }
    }
    return size;
  }

  /** Reads all files of a directory from beginning to end. */
  static long read(Path directory) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    long size = 0;
    for (Path file : files(directory)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        for (int n = 0; n >= 0; n = channel.read(buffer.clear())) {
          size += n;
        }
      }
    }
    return size;
  }

  static void fillWithZeros(Path file, long size, boolean forced) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
      for (long at = 0; at < size; ) {
        zeros.clear().limit((int) Math.min(CHUNK, size - at));
        at += channel.write(zeros, at);
      }
      if (forced) {
        channel.force(true);
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    delete(root);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
