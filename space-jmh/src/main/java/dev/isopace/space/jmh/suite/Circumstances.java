package dev.isopace.space.jmh.suite;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.util.Version;

/**
 * The place, time and manner of the measurement.
 *
 * @param date when
 * @param command how
 * @param processor what the machine calculates with
 * @param processors how many of them
 * @param system which operating system
 * @param java which JVM
 * @param load how many processes wanted to run, on average, in the minute before; negative if
 *     unknown
 * @param space which version of the backends
 * @param jmh which version of JMH
 */
record Circumstances(
    LocalDate date,
    String command,
    String processor,
    int processors,
    String system,
    String java,
    double load,
    String space,
    String jmh) {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";

  static Circumstances now(List<String> args) throws IOException {
    return new Circumstances(
        LocalDate.now(ZoneOffset.UTC),
        Stream.concat(Stream.of("./space bench"), args.stream().map(Circumstances::quoted))
            .collect(Collectors.joining(" ")),
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        version(),
        Version.getPlainVersion());
  }

  /** Returns an argument as a shell needs it. */
  private static String quoted(String argument) {
    return argument.matches("[A-Za-z0-9_./:=?&,{}-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  /** Describes the machine in one line. */
  String machine() {
    String busy = load < 0 ? "" : String.format(Locale.ROOT, ", load %.1f when it began", load);
    return "%s, %d processors, %s, %s%s".formatted(processor, processors, system, java, busy);
  }

  private static String processorName() throws IOException {
    if (Files.isReadable(CPU)) {
      for (String line : Files.readAllLines(CPU)) {
        if (line.startsWith(MODEL)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Circumstances.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return properties.getProperty("version", "unknown");
  }
}
