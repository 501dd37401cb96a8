package dev.isopace.space.tck;

import java.io.PrintStream;

/** A line of a terminal that says what is going on, until the next line is printed. */
final class Progress {
  private static final int WIDTH = 79;

  private final PrintStream terminal;
  private final boolean isShown;
  private boolean isThere;

  /**
   * On a terminal.
   *
   * @param isShown whether anybody sees it
   */
  Progress(PrintStream terminal, boolean isShown) {
    this.terminal = terminal;
    this.isShown = isShown;
  }

  void show(long number, long all, String what) {
    if (isShown) {
      String line = "[" + number + "/" + all + "] " + what;
      terminal.print("\r" + pad(line));
      terminal.flush();
      isThere = true;
    }
  }

  void clear() {
    if (isThere) {
      terminal.print("\r" + pad("") + "\r");
      terminal.flush();
      isThere = false;
    }
  }

  private static String pad(String line) {
    return String.format("%-" + WIDTH + "s", line.substring(0, Math.min(WIDTH, line.length())));
  }
}
