package dev.isopace.space.jmh;

import dev.isopace.space.store.Recovery;
import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The time to open a store of a million entries, after a crash and after a clean close. */
final class ReopenRows {
  private static final int ENTRIES = 1_000_000;
  private static final int KEYS = 1_000;
  private static final int VALUE = 128;
  private static final int WARM_UPS = 3;
  private static final double BYTES_PER_SECOND = 2e9;
  private static final double CLEAN_MILLIS = 15;

  private ReopenRows() {}

  /**
   * One opening of a store.
   *
   * @param rawRate at how many bytes per second its files were read before
   * @param replayed how many bytes of the log were replayed
   * @param nanos how long it took
   */
  private record Reopening(double rawRate, long replayed, long nanos) {
    double rate() {
      return replayed * 1e9 / nanos;
    }
  }

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
    Rounds<Reopening> warm =
        Rounds.measure(WARM_UPS, options.rounds(), () -> reopenCopy(dead, entries, workplace));
    report.compare(
        "reopen after kill -9, warm",
        " GB/s",
        warm.median(Reopening::rawRate) / 1e9,
        warm.median(Reopening::rate) / 1e9,
        warm.median(reopening -> reopening.rate() / reopening.rawRate()),
        Target.none(),
        Numbers.format(warm.median(Reopening::replayed) / 1e6) + " MB of log");
    report.state(
        "reopen after kill -9, warm",
        " GB/s",
        warm.median(Reopening::rate) / 1e9,
        Target.atLeast(BYTES_PER_SECOND / 1e9),
        Numbers.format(warm.median(Reopening::nanos) / 1e6) + " ms");
    Rounds<Long> first =
        Rounds.measure(
            0,
            options.rounds(),
            () -> {
              Path copy = workplace.copy(dead);
              long nanos = Child.open(copy);
              Workplace.delete(copy);
              return nanos;
            });
    report.state(
        "reopen after kill -9, first deed of a JVM",
        " ms",
        first.median(nanos -> nanos / 1e6),
        Target.none(),
        "");
  }

  /** Reads a copy of a store, and opens it. */
  private static Reopening reopenCopy(Path dead, int entries, Workplace workplace)
      throws IOException {
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
    return new Reopening(bytes * 1e9 / read, recovery.replayed(), taken);
  }

  private static void closed(Options options, Workplace workplace, Report report) throws Exception {
    int entries = options.scaled(ENTRIES);
    Path directory = workplace.fresh("closed");
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      Child.fill(store, entries, KEYS, VALUE);
    }
    Rounds<Double> warm =
        Rounds.measure(WARM_UPS, options.rounds(), () -> reopen(directory, entries));
    report.state(
        "reopen after a clean close, warm",
        " ms",
        warm.median(millis -> millis),
        Target.atMost(CLEAN_MILLIS),
        "");
    Rounds<Long> first = Rounds.measure(0, options.rounds(), () -> Child.open(directory));
    report.state(
        "reopen after a clean close, first deed",
        " ms",
        first.median(nanos -> nanos / 1e6),
        Target.none(),
        "");
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
