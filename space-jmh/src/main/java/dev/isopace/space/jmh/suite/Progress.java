package dev.isopace.space.jmh.suite;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Reports what is measured, how much of it is done, the results, and how long the rest takes. */
final class Progress {
  private static final long NANOS = 1_000_000_000;

  private final PrintWriter out;
  private final LongSupplier clock;
  private final double secondsEach;
  private final List<String> found = new ArrayList<>();
  private String going = "";
  private long began;
  private int runs;
  private int started;

  /**
   * Creates the report of a run that has not begun.
   *
   * @param out where to say it
   * @param clock in nanoseconds
   * @param secondsEach how long a run will take, as long as none has been seen
   */
  Progress(PrintWriter out, LongSupplier clock, double secondsEach) {
    this.out = out;
    this.clock = clock;
    this.secondsEach = secondsEach;
  }

  void begin(int all) {
    runs = all;
    began = clock.getAsLong();
    out.printf("%d runs, about %s%n", all, duration(all * secondsEach));
    out.flush();
  }

  void next(Workload workload, Candidate candidate) {
    finish();
    going = String.format(Locale.ROOT, "%s; %s", workload.title(), candidate.label());
    out.printf("[%d/%d, %s left] %s", started + 1, runs, duration(left()), going);
    out.flush();
    started++;
  }

  void found(Figure figure, Cell cell) {
    found.add(cell.isThere() ? figure.quantity().format(cell.value()) : "-");
  }

  void remark(String text) {
    found.add(text);
  }

  void end() {
    finish();
    out.printf("took %s%n", duration((clock.getAsLong() - began) / (double) NANOS));
    out.flush();
  }

  private void finish() {
    if (!going.isEmpty()) {
      out.println("   " + String.join(", ", found));
      out.flush();
    }
    found.clear();
    going = "";
  }

  /** Returns the seconds that are left, by what the runs have taken so far. */
  private double left() {
    double each =
        started == 0 ? secondsEach : (clock.getAsLong() - began) / (double) NANOS / started;
    return (runs - started) * each;
  }

  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole % 3600 / 60);
  }
}
