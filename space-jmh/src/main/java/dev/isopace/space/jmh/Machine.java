package dev.isopace.space.jmh;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What the process has used so far, and where it runs. */
final class Machine {
  private static final Path IO = Path.of("/proc/self/io");
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

  /** How many calls have written to files; each force has had at least one. Linux only. */
  static OptionalLong writes() throws IOException {
    return io("syscw");
  }

  /** How many bytes went, or will go, to the device. Linux only. */
  static OptionalLong written() throws IOException {
    return io("write_bytes");
  }

  static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** How many bytes of the heap are in use once garbage is collected. */
  static long heap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      MemoryUsage usage = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
      least = Math.min(least, usage.getUsed());
    }
    return least;
  }

  private static OptionalLong io(String name) throws IOException {
    if (!Files.isReadable(IO)) {
      return OptionalLong.empty();
    }
    List<String> lines = Files.readAllLines(IO);
    return lines.stream()
        .filter(line -> line.startsWith(name + ": "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
        .findFirst();
  }
}
