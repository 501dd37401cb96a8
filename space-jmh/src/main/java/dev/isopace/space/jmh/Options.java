package dev.isopace.space.jmh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The options of the command line.
 *
 * @param rows which rows
 * @param round how long each side works in a round
 * @param rounds how many rounds
 * @param scale by what the numbers of entries are multiplied
 * @param directory where stores and raw files are made; the disk that is measured
 * @param backlog whether to run the backlog instead of the rows
 * @param list whether to name the rows instead of running them
 */
record Options(
    Pattern rows,
    Duration round,
    int rounds,
    double scale,
    Path directory,
    boolean backlog,
    boolean list) {
  static final String USAGE =
      """
      usage: StoreBenchmark [--rows REGEX] [--seconds N] [--rounds N] [--scale X] [--dir DIRECTORY] \
      [--list | --backlog]
        --rows REGEX     only rows whose name contains a match
        --seconds N      how long each side works in a round (2)
        --rounds N       how many rounds; the median counts (5)
        --scale X        multiplies the numbers of entries, for a quick look (1)
        --dir DIRECTORY  on the disk that is to be measured (the current directory)
        --list           names the rows
        --backlog        20 million entries instead of the rows; to be run with -Xmx384m\
      """;

  static final Options DEFAULT =
      new Options(Pattern.compile(""), Duration.ofSeconds(2), 5, 1, Path.of(""), false, false);

  static Options parse(String... args) {
    Options options = DEFAULT;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--backlog" -> options = options.with("backlog", "");
        case "--list" -> options = options.with("list", "");
        case "--rows", "--seconds", "--rounds", "--scale", "--dir" -> {
          if (i + 1 == args.length) {
            throw new IllegalArgumentException(args[i] + " needs a value\n" + USAGE);
          }
          options = options.with(args[i].substring(2), args[++i]);
        }
        default -> throw new IllegalArgumentException("unknown option " + args[i] + "\n" + USAGE);
      }
    }
    return options;
  }

  /** Returns a number of entries multiplied by the scale. */
  int scaled(int entries) {
    return (int) Math.max(1, Math.round(entries * scale));
  }

  private Options with(String name, String value) {
    return switch (name) {
      case "rows" -> new Options(pattern(value), round, rounds, scale, directory, backlog, list);
      case "seconds" -> {
        Duration duration = Duration.ofNanos((long) (positive(name, value) * 1e9));
        yield new Options(rows, duration, rounds, scale, directory, backlog, list);
      }
      case "rounds" -> {
        int number = (int) Math.ceil(positive(name, value));
        yield new Options(rows, round, number, scale, directory, backlog, list);
      }
      case "scale" ->
          new Options(rows, round, rounds, positive(name, value), directory, backlog, list);
      case "dir" -> new Options(rows, round, rounds, scale, Path.of(value), backlog, list);
      case "backlog" -> new Options(rows, round, rounds, scale, directory, true, list);
      case "list" -> new Options(rows, round, rounds, scale, directory, backlog, true);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Pattern pattern(String value) {
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("--rows is no regular expression: " + e.getMessage(), e);
    }
  }

  private static double positive(String name, String value) {
    double number;
    try {
      number = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--" + name + " is '" + value + "', but must be a number", e);
    }
    if (!(number > 0) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(
          "--" + name + " is " + value + ", but must be more than 0");
    }
    return number;
  }
}
