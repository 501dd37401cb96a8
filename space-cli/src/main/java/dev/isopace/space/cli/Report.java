package dev.isopace.space.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The final report of {@code demo}. Numbers are written without grouping, so that tools find them.
 */
final class Report {
  private static final double NANOS_PER_SECOND = 1e9;

  private Report() {}

  static String of(String input, String uri, Demo.Outcome outcome) {
    List<Tally> tallies = outcome.tallies();
    Tally total = tallies.stream().reduce(Tally.NONE, Tally::plus);
    StringBuilder text = new StringBuilder();
    text.append(
        format("%s: %s, %s%n", input, of(total.lines(), "line"), of(total.words(), "word")));
    text.append(
        format(
            "%s through %s in %.3f s: %d per second%n",
            total.entries() == 1 ? "1 entry" : total.entries() + " entries",
            uri,
            seconds(outcome.elapsed()),
            Math.round(total.entries() / seconds(outcome.elapsed()))));
    text.append(
        tallies.size() == 1
            ? format(
                "The total is what 1 consumer reported by request and response, having counted"
                    + " the lines that it took from the space.%n")
            : format(
                "The total is the sum of what %d consumers reported by request and response,"
                    + " each having counted the lines that it took from the space:%n",
                tallies.size()));
    if (tallies.size() > 1) {
      appendShares(text, tallies, total);
    }
    return text.toString();
  }

  private static void appendShares(StringBuilder text, List<Tally> tallies, Tally total) {
    int number = width(tallies.size());
    int lines = width(total.lines());
    int words = width(total.words());
    String row =
        "  consumer %" + number + "d: lines %" + lines + "d, words %" + words + "d, %5.1f %%%n";
    for (int i = 0; i < tallies.size(); i++) {
      Tally tally = tallies.get(i);
      double share = total.words() == 0 ? 0 : 100.0 * tally.words() / total.words();
      text.append(format(row, i + 1, tally.lines(), tally.words(), share));
    }
  }

  private static int width(long number) {
    return Long.toString(number).length();
  }

  private static String of(long count, String unit) {
    return count + " " + unit + (count == 1 ? "" : "s");
  }

  /** Returns the elapsed seconds, which are more than zero however coarse the clock is. */
  private static double seconds(Duration elapsed) {
    return Math.max(1, elapsed.toNanos()) / NANOS_PER_SECOND;
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
