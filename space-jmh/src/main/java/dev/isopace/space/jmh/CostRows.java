package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The costs of an operation besides time: forces, bytes on the device, processor time. */
final class CostRows {
  private static final int VALUE = 128;
  private static final int MOST_THREADS = 16;
  private static final int MANY_THREADS = 64;
  private static final int BULK = 1_000_000;
  private static final double ALLOWANCE = 1.1;

  private CostRows() {}

  static List<Row> all() {
    return List.of(
        new Row("forces", CostRows::forces),
        new Row("written-each", CostRows::writtenEach),
        new Row("written-bulk", CostRows::writtenBulk),
        new Row("cpu-64", CostRows::cpu));
  }

  /**
   * Counts the writes before forces, since nothing counts forces: each has at least one call before
   * it that writes what it forces.
   */
  private static void forces(Options options, Workplace workplace, Report report) throws Exception {
    for (int threads = 1; threads <= MOST_THREADS; threads *= 2) {
      String what = "forces, " + threads + " threads, at most, per push";
      Tally tally = new Tally();
      OptionalLong before;
      OptionalLong after;
      try (Store store = Store.open(workplace.fresh("forces"));
          TimedWorkers workers = pushers(store, threads)) {
        workers.work(options.round(), new Tally());
        before = Machine.writes();
        workers.work(options.round(), tally);
        after = Machine.writes();
      }
      if (before.isEmpty() || after.isEmpty()) {
        report.note(what, "skipped: there is no /proc/self/io");
        return;
      }
      double each = (double) (after.getAsLong() - before.getAsLong()) / tally.operations();
      report.state(what, "", each, Target.atMost(ALLOWANCE / threads), "calls that write");
    }
  }

  private static void writtenEach(Options options, Workplace workplace, Report report)
      throws Exception {
    Tally tally = new Tally();
    OptionalLong before;
    OptionalLong after;
    try (Store store = Store.open(workplace.fresh("written"));
        TimedWorkers workers = pushers(store, 1)) {
      workers.work(options.round(), new Tally());
      before = Machine.written();
      for (int i = 0; i < options.rounds(); i++) {
        workers.work(options.round(), tally);
      }
      after = Machine.written();
    }
    if (before.isEmpty() || after.isEmpty()) {
      report.note("written-each", "skipped: there is no /proc/self/io");
      return;
    }
    double each = (double) (after.getAsLong() - before.getAsLong()) / tally.operations();
    report.state("written per push, 1 thread", " B", each, Target.atMost(4400), "");
  }

  private static void writtenBulk(Options options, Workplace workplace, Report report)
      throws IOException {
    int count = options.scaled(BULK);
    byte[] value = Payload.of(VALUE);
    Path directory = workplace.fresh("bulk");
    OptionalLong before = Machine.written();
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      for (int i = 0; i < count; i++) {
        store.push("k", value);
      }
    }
    OptionalLong after = Machine.written();
    if (before.isEmpty() || after.isEmpty()) {
      report.note("written-bulk", "skipped: there is no /proc/self/io");
      return;
    }
    double written = after.getAsLong() - before.getAsLong();
    report.state(
        "written per byte of payload, bulk",
        "",
        written / ((double) count * VALUE),
        Target.atMost(1.3),
        count + " entries, sync off, closing included");
  }

  private static void cpu(Options options, Workplace workplace, Report report) throws Exception {
    Rounds<Double> costs;
    try (Store store = Store.open(workplace.fresh("cpu"));
        TimedWorkers workers = pushers(store, MANY_THREADS)) {
      costs =
          Rounds.measure(
              1,
              options.rounds(),
              () -> {
                Tally tally = new Tally();
                long before = Machine.cpuNanos();
                workers.work(options.round(), tally);
                return (Machine.cpuNanos() - before) / 1e3 / tally.operations();
              });
    }
    report.state(
        "processor time per push, 64 threads",
        " us",
        costs.median(micros -> micros),
        Target.atMost(7),
        "of the whole process");
  }

  private static TimedWorkers pushers(Store store, int threads) {
    byte[] value = Payload.of(VALUE);
    return new TimedWorkers(threads, false, worker -> store.push("k" + worker, value));
  }
}
