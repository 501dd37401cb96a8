package dev.isopace.space.jmh;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** The resources that the process has used so far, and the machine that it runs on. */
final class Machine {
  private static final Path IO = Path.of("/proc/self/io");
  private static final Path TASKS = Path.of("/proc/self/task");

  /** The beginning of the name of a store's own thread. */
  private static final String KEEPER = "space-store";

  private static final int COLLECTIONS = 4;

  private Machine() {}

  static String describe(Path directory) throws IOException {
    return String.format(
        Locale.ROOT,
        "JDK %s, %s %s, %d processors, heap %d MiB, %s on %s",
        Runtime.version(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20,
        Files.getFileStore(directory.toAbsolutePath()).type(),
        Files.getFileStore(directory.toAbsolutePath()).name());
  }

  /**
   * Returns how many calls of the living threads have written to files, except for the store's own
   * thread, which prepares files in small pieces. Each force has at least one such call. Linux
   * only.
   */
  static OptionalLong writes() throws IOException {
    if (!Files.isReadable(IO)) {
      return OptionalLong.empty();
    }
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        if (!Files.readString(task.resolve("comm")).startsWith(KEEPER)) {
          sum += io(task.resolve("io"), "syscw");
        }
      }
    }
    return OptionalLong.of(sum);
  }

  /**
   * Returns how many bytes went, or will go, to the device, except for those of deleted files.
   * Linux only.
   */
  static OptionalLong written() throws IOException {
    return Files.isReadable(IO)
        ? OptionalLong.of(io(IO, "write_bytes") - io(IO, "cancelled_write_bytes"))
        : OptionalLong.empty();
  }

  static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** Returns how many bytes of the heap are in use once garbage is collected. */
  static long heap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      MemoryUsage usage = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
      least = Math.min(least, usage.getUsed());
    }
    return least;
  }

  private static long io(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name + ": "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
        .findFirst()
        .orElseThrow();
  }
}
