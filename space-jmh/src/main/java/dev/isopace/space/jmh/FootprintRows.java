package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The heap and the disk space of a live entry. */
final class FootprintRows {
  private static final int ENTRIES = 5_000_000;
  private static final int VALUE = 16;
  private static final int MANY_KEYS = 1_000;
  private static final int DISK_OVERHEAD = 24;

  private FootprintRows() {}

  static List<Row> all() {
    return List.of(row("footprint-one-key", 1), row("footprint-1000-keys", MANY_KEYS));
  }

  private static Row row(String name, int keys) {
    return new Row(
        name, (options, workplace, report) -> measure(name, keys, options, workplace, report));
  }

  private static void measure(
      String name, int keys, Options options, Workplace workplace, Report report)
      throws IOException {
    int entries = options.scaled(ENTRIES);
    Path directory = workplace.fresh(name);
    long before = Machine.heap();
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      Child.fill(store, entries, keys, VALUE);
      double each = (double) (Machine.heap() - before) / entries;
      report.state(name + ", heap per entry", " B", each, Target.atMost(12), entries + " entries");
      double open = (double) Workplace.size(directory) / entries;
      report.state(name + ", disk per entry while open", " B", open, Target.none(), "");
    }
    double key = Child.keys(keys).stream().mapToInt(String::length).average().orElseThrow();
    report.state(
        name + ", disk per entry once closed",
        " B",
        (double) Workplace.size(directory) / entries,
        Target.atMost(VALUE + key + DISK_OVERHEAD),
        "");
  }
}
