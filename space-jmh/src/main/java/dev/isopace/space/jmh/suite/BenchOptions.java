package dev.isopace.space.jmh.suite;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
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
    Deque<String> left = new ArrayDeque<>(List.of(args));
    while (!left.isEmpty()) {
      String next = left.remove();
      switch (next) {
        case "--quick" -> pace = Pace.QUICK;
        case "--peers" -> withPeers = true;
        case "--list" -> isList = true;
        case "--rows" -> rows = pattern(value(next, left));
        case "--report" -> report = path(next, value(next, left));
        case "--docs" -> docs = path(next, value(next, left));
        default -> {
          if (next.startsWith("-")) {
            throw new IllegalArgumentException("unknown option '" + next + "'; " + USAGE);
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

  private static String value(String option, Deque<String> left) {
    if (left.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value; " + USAGE);
    }
    return left.remove();
  }

  private static Pattern pattern(String value) {
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "--rows is '" + value + "', which is no regular expression: " + e.getDescription(), e);
    }
  }

  private static Path path(String option, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          option + " is '" + value + "', which is no path: " + e.getReason(), e);
    }
  }
}
