package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.OptionReader;
import dev.isopace.space.spi.SpaceUri;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of the command line.
 *
 * @param uris which spaces; {@code local:} if none is named
 * @param pace how long
 * @param withPeers whether to measure what they are compared with, too
 * @param rows which workloads
 * @param report where to write the report
 * @param docs which documentation to refresh; null if none
 * @param isList whether to name the workloads instead of running them
 */
record BenchOptions(
    List<String> uris,
    Pace pace,
    boolean withPeers,
    Pattern rows,
    Path report,
    @Nullable Path docs,
    boolean isList) {
  static final String USAGE =
      "usage: bench [URI...] [--quick] [--peers] [--rows REGEX] [--report DIR] [--docs DIR]"
          + " [--list]";

  private static final String DEFAULT_URI = "local:";
  private static final Path DEFAULT_REPORT = Path.of("target", "bench");

  static BenchOptions parse(String... args) {
    List<String> uris = new ArrayList<>();
    Pace pace = Pace.FULL;
    boolean withPeers = false;
    boolean isList = false;
    Pattern rows = Pattern.compile("");
    Path report = DEFAULT_REPORT;
    Path docs = null;
    OptionReader reader = new OptionReader(USAGE, args);
    for (String next = reader.next(); next != null; next = reader.next()) {
      switch (next) {
        case "--quick" -> pace = Pace.QUICK;
        case "--peers" -> withPeers = true;
        case "--list" -> isList = true;
        case "--rows" -> rows = reader.pattern(next);
        case "--report" -> report = reader.path(next);
        case "--docs" -> docs = reader.path(next);
        default -> {
          if (next.startsWith("-")) {
            throw reader.unknown(next);
          }
          if (uris.contains(next)) {
            throw new IllegalArgumentException("'" + SpaceUri.parse(next) + "' is named twice");
          }
          uris.add(next);
        }
      }
    }
    if (uris.isEmpty()) {
      uris.add(DEFAULT_URI);
    }
    return new BenchOptions(List.copyOf(uris), pace, withPeers, rows, report, docs, isList);
  }
}
