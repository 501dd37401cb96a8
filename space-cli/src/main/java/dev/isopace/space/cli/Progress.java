package dev.isopace.space.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A line on a terminal that shows the progress of long work, until it is closed and so cleared. */
final class Progress implements AutoCloseable {
  /**
   * The size, in bytes, of the smallest input that is worth a line: a smaller one is done before
   * anybody could read it.
   */
  static final long LARGE = 16L << 20;

  private static final int PERIOD_MILLIS = 100;
  private static final int BAR = 40;
  private static final String CLEAR = "\r\033[K";

  private final PrintWriter terminal;
  private final Supplier<String> line;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::showUntilClosed, "progress");

  private Progress(PrintWriter terminal, Supplier<String> line) {
    this.terminal = terminal;
    this.line = line;
    thread.setDaemon(true);
  }

  /**
   * Starts to show a line, if somebody watches.
   *
   * @param watched whether somebody does
   * @param terminal where
   * @param line what to show, asked from time to time; nothing while it is empty
   */
  static Progress show(boolean watched, PrintWriter terminal, Supplier<String> line) {
    Progress progress = new Progress(terminal, line);
    if (watched) {
      progress.thread.start();
    }
    return progress;
  }

  /**
   * Starts to show how much was read, if somebody watches.
   *
   * @param watched whether somebody does
   * @param terminal where
   * @param done how many bytes were read; asked from time to time
   * @param size how many there are; 0 if that is not known
   */
  static Progress ofReading(boolean watched, PrintWriter terminal, LongSupplier done, long size) {
    return show(watched, terminal, () -> line(done.getAsLong(), size));
  }

  private void showUntilClosed() {
    boolean shown = false;
    try {
      while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        String now = line.get();
        if (!now.isEmpty()) {
          terminal.print(CLEAR + now);
          terminal.flush();
          shown = true;
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but to end it.
      Thread.currentThread().interrupt();
    }
    if (shown) {
      terminal.print(CLEAR);
      terminal.flush();
    }
  }

  /** Returns the line to show; empty if the input is small, as far as is known. */
  static String line(long done, long size) {
    if (Math.max(done, size) < LARGE) {
      return "";
    }
    if (size == 0) {
      return (done >> 20) + " MiB read";
    }
    // A file may grow while it is read.
    double part = Math.min(1.0, (double) done / size);
    int filled = (int) (part * BAR);
    return String.format(
        Locale.ROOT,
        "%3d %% [%s%s]",
        (int) (part * 100),
        "#".repeat(filled),
        " ".repeat(BAR - filled));
  }

  /** Clears the line; nothing is shown after that. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      // The line is cleared all the same, if perhaps a moment later.
      Thread.currentThread().interrupt();
    }
  }
}
