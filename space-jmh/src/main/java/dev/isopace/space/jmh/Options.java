package dev.isopace.space.jmh;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The options that all benchmarks that compare row by row have in common.
 *
 * @param rows which rows
 * @param round how long each side works in a round
 * @param rounds how many rounds
 * @param scale by what the numbers of entries are multiplied
 * @param list whether to name the rows instead of running them
 */
record Options(Pattern rows, Duration round, int rounds, double scale, boolean list) {
  static final Options DEFAULT =
      new Options(Pattern.compile(""), Duration.ofSeconds(2), 5, 1, false);

  /** These, but for what an option says whose value is read next. */
  Options with(String option, OptionReader reader) {
    return switch (option) {
      case "--rows" -> new Options(reader.pattern(option), round, rounds, scale, list);
      case "--seconds" -> {
        Duration duration = Duration.ofNanos((long) (reader.positive(option) * 1e9));
        yield new Options(rows, duration, rounds, scale, list);
      }
      case "--rounds" -> new Options(rows, round, reader.wholeNumber(option), scale, list);
      case "--scale" -> new Options(rows, round, rounds, reader.positive(option), list);
      case "--list" -> new Options(rows, round, rounds, scale, true);
      default -> throw reader.unknown(option);
    };
  }

  /** Returns a number of entries multiplied by the scale. */
  int scaled(int entries) {
    return (int) Math.max(1, Math.round(entries * scale));
  }
}
