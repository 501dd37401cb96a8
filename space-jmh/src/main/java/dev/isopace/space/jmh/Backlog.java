package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;

/** Pushes, reopens and pulls twenty million entries, for which a heap of 384 MiB must be enough. */
final class Backlog {
  private static final int ENTRIES = 20_000_000;
  private static final int VALUE = 128;
  private static final String KEY = "backlog";

  private Backlog() {}

  static void run(Options options, Workplace workplace, Report report) throws IOException {
    int entries = options.scaled(ENTRIES);
    Path directory = workplace.fresh("backlog");
    byte[] value = Payload.of(VALUE);
    long before = Machine.heap();
    long began = System.nanoTime();
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      for (int i = 0; i < entries; i++) {
        Payload.number(value, i);
        store.push(KEY, value);
      }
      report.state("pushed", " M/s", rate(entries, began), Target.none(), entries + " entries");
      heap(report, "heap per entry, pushed", before, entries);
      began = System.nanoTime();
    }
    report.state("closed", " ms", millis(began), Target.none(), "");
    began = System.nanoTime();
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      report.state("reopened", " ms", millis(began), Target.none(), "");
      heap(report, "heap per entry, reopened", before, entries);
      began = System.nanoTime();
      for (int i = 0; i < entries; i++) {
        Payload.requireNumber(store.pullp(KEY).orElseThrow(), VALUE, i);
      }
      report.state("pulled in order", " M/s", rate(entries, began), Target.none(), "");
      if (store.len(KEY) != 0) {
        throw new IllegalStateException(
            store.len(KEY) + " entries are left, but none was expected");
      }
    }
  }

  private static void heap(Report report, String what, long before, int entries) {
    double each = (double) (Machine.heap() - before) / entries;
    report.state(what, " B", each, Target.atMost(12), "");
  }

  private static double rate(int entries, long began) {
    return entries * 1e3 / (System.nanoTime() - began);
  }

  private static double millis(long began) {
    return (System.nanoTime() - began) / 1e6;
  }
}
