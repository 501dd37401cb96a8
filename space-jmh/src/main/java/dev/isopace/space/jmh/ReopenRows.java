package dev.isopace.space.jmh;

import dev.isopace.space.store.Recovery;
import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How long it takes to open a store of a million entries, after a crash and after a clean close.
 */
final class ReopenRows {
  private static final int ENTRIES = 1_000_000;
  private static final int KEYS = 1_000;
  private static final int VALUE = 128;
  private static final int WARM_UPS = 3;
  private static final double BYTES_PER_SECOND = 2e9;
  private static final double CLEAN_MILLIS = 15;

  private ReopenRows() {}

  static List<Row> all() {
    return List.of(
        new Row("reopen-crashed", ReopenRows::crashed),
        new Row("reopen-closed", ReopenRows::closed));
  }

  private static void crashed(Options options, Workplace workplace, Report report)
      throws Exception {
    int entries = options.scaled(ENTRIES);
    Path dead = workplace.fresh("dead");
    Child.fillAndDie(dead, entries, KEYS, VALUE);
    Workplace.settle(dead);
    double[] raw = new double[options.rounds()];
    double[] store = new double[options.rounds()];
    double[] ratios = new double[options.rounds()];
    double[] millis = new double[options.rounds()];
    String replayed = "";
    for (int i = -WARM_UPS; i < options.rounds(); i++) {
      // Opening changes it.
      Path copy = workplace.copy(dead);
      // Else the first force of the opening has the whole copy to write.
      Workplace.settle(copy);
      long began = System.nanoTime();
      long bytes = Workplace.read(copy);
      long read = System.nanoTime() - began;
      began = System.nanoTime();
      Store opened = Store.open(copy, StoreOption.withSync(false));
      long taken = System.nanoTime() - began;
      Recovery recovery = opened.recovery();
      opened.close();
      Workplace.delete(copy);
      requireEntries(recovery, entries);
      if (i >= 0) {
        raw[i] = bytes * 1e9 / read;
        store[i] = recovery.replayed() * 1e9 / taken;
        ratios[i] = store[i] / raw[i];
        millis[i] = taken / 1e6;
        replayed = Numbers.format(recovery.replayed() / 1e6) + " MB of log";
      }
    }
    report.compare(
        "reopen after kill -9, warm",
        " GB/s",
        Numbers.median(raw) / 1e9,
        Numbers.median(store) / 1e9,
        Numbers.median(ratios),
        Target.none(),
        replayed);
    report.state(
        "reopen after kill -9, warm",
        " GB/s",
        Numbers.median(store) / 1e9,
        Target.atLeast(BYTES_PER_SECOND / 1e9),
        Numbers.format(Numbers.median(millis)) + " ms");
    double[] first = new double[options.rounds()];
    for (int i = 0; i < first.length; i++) {
      Path copy = workplace.copy(dead);
      first[i] = Child.open(copy) / 1e6;
      Workplace.delete(copy);
    }
    report.state(
        "reopen after kill -9, first deed of a JVM",
        " ms",
        Numbers.median(first),
        Target.none(),
        "");
  }

  private static void closed(Options options, Workplace workplace, Report report) throws Exception {
    int entries = options.scaled(ENTRIES);
    Path directory = workplace.fresh("closed");
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      Child.fill(store, entries, KEYS, VALUE);
    }
    double[] warm = new double[options.rounds()];
    for (int i = -WARM_UPS; i < warm.length; i++) {
      double millis = reopen(directory, entries);
      if (i >= 0) {
        warm[i] = millis;
      }
    }
    report.state(
        "reopen after a clean close, warm",
        " ms",
        Numbers.median(warm),
        Target.atMost(CLEAN_MILLIS),
        "");
    double[] first = new double[options.rounds()];
    for (int i = 0; i < first.length; i++) {
      first[i] = Child.open(directory) / 1e6;
    }
    report.state(
        "reopen after a clean close, first deed", " ms", Numbers.median(first), Target.none(), "");
  }

  private static double reopen(Path directory, int entries) throws IOException {
    long began = System.nanoTime();
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      double millis = (System.nanoTime() - began) / 1e6;
      requireEntries(store.recovery(), entries);
      return millis;
    }
  }

  private static void requireEntries(Recovery recovery, int entries) {
    if (recovery.entries() != entries) {
      throw new IllegalStateException(
          "expected " + entries + " entries, but the store came back with " + recovery);
    }
  }
}
