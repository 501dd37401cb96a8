package dev.isopace.space.tck;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Shows the progress of the run: in a line of a terminal until the next line is printed, or, where
 * there is no terminal, in a line now and then.
 */
final class Progress {
  private static final int WIDTH = 79;
  private static final long NOW_AND_THEN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final PrintStream terminal;
  private final boolean isShown;
  private boolean isThere;
  private long last = System.nanoTime();

  /**
   * Creates a display.
   *
   * @param isShown whether anybody watches the line
   */
  Progress(PrintStream terminal, boolean isShown) {
    this.terminal = terminal;
    this.isShown = isShown;
  }

  void show(long number, long all, String what) {
    String line = "[" + number + "/" + all + "] " + what;
    if (isShown) {
      terminal.print("\r" + pad(line));
      isThere = true;
    } else if (System.nanoTime() - last > NOW_AND_THEN_NANOS) {
      terminal.println(line);
      last = System.nanoTime();
    }
    terminal.flush();
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
