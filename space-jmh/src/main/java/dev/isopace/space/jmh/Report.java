package dev.isopace.space.jmh;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** The table that is printed, each line as soon as its figure is known. */
final class Report {
  private static final String LINE = "%-44s %14s %14s %8s  %-9s %-8s %s%n";

  private final PrintStream out;
  private final String measured;
  private int judged;
  private int reached;
  private @Nullable IllegalStateException failure;

  Report(PrintStream out) {
    this(out, "store");
  }

  /** Creates a table whose second column has the figures of something other than the store. */
  Report(PrintStream out, String measured) {
    this.out = out;
    this.measured = measured;
  }

  void title(String machine) {
    out.println(machine);
    out.println();
    line("", "raw", measured, "ratio", "target", "", "");
  }

  /** Prints a figure of the store beside the same of a raw loop; the target is one of the ratio. */
  void compare(
      String what,
      String unit,
      double raw,
      double store,
      double ratio,
      @Nullable Target target,
      String remark) {
    line(
        what,
        Numbers.format(raw) + unit,
        Numbers.format(store) + unit,
        Numbers.format(ratio),
        target == null ? "" : target.toString(),
        verdict(target, ratio),
        remark);
  }

  /** Prints a figure of the store that is compared with nothing but its target. */
  void state(String what, String unit, double store, @Nullable Target target, String remark) {
    line(
        what,
        "",
        Numbers.format(store) + unit,
        "",
        target == null ? "" : target.toString(),
        verdict(target, store),
        remark);
  }

  void note(String what, String remark) {
    line(what, "", "", "", "", "", remark);
  }

  /** Notes that a row could not be measured: the others may be. */
  void fail(String row, Exception cause) {
    note(row, "FAILED: " + cause);
    IllegalStateException failed =
        new IllegalStateException("row " + row + " could not be measured", cause);
    if (failure == null) {
      failure = failed;
    } else {
      failure.addSuppressed(failed);
    }
  }

  /**
   * Prints how many targets were reached.
   *
   * @throws IllegalStateException if there are rows that could not be measured
   */
  void summary() {
    out.printf("%n%d of %d targets reached%n", reached, judged);
    if (failure != null) {
      throw failure;
    }
  }

  private String verdict(@Nullable Target target, double figure) {
    if (target == null) {
      return "";
    }
    judged++;
    if (target.isReachedBy(figure)) {
      reached++;
      return "reached";
    }
    return "MISSED";
  }

  private void line(
      String what,
      String raw,
      String store,
      String ratio,
      String target,
      String verdict,
      String remark) {
    out.printf(
        "%s%n", LINE.formatted(what, raw, store, ratio, target, verdict, remark).stripTrailing());
    out.flush();
  }
}
