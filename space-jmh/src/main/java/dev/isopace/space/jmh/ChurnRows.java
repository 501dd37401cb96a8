package dev.isopace.space.jmh;

import dev.isopace.space.store.Recovery;
import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The disk space left behind by taken entries: one in a hundred stays, either all of them at the
 * end of the log, or, which is harder, spread over all of it.
 */
final class ChurnRows {
  private static final int ENTRIES = 5_000_000;
  private static final int KEYS = 1_000;
  private static final int STAYS = 100;
  private static final int VALUE = 128;
  private static final long SEGMENT = 64 << 20;
  private static final double OPEN_MILLIS = 20;
  private static final int WARM_UPS = 3;

  /** The time that the store gets to reclaim unasked what is no longer needed. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(100);

  private ChurnRows() {}

  static List<Row> all() {
    return List.of(
        new Row("churn-bulk", (o, w, r) -> measure("churn-bulk", ChurnRows::bulk, o, w, r)),
        new Row("churn-spread", (o, w, r) -> measure("churn-spread", ChurnRows::spread, o, w, r)));
  }

  private interface Churn {
    /** Returns the largest size of the directory that was seen. */
    long run(Store store, Path directory, int entries) throws IOException;
  }

  /** Pushes all entries, then pulls all but one percent of each key. */
  private static long bulk(Store store, Path directory, int entries) throws IOException {
    Child.fill(store, entries, KEYS, VALUE);
    long largest = Workplace.size(directory);
    List<String> keys = Child.keys(KEYS);
    for (int i = 0; i < entries / STAYS * (STAYS - 1); i++) {
      Payload.pull(store, keys.get(i % KEYS));
    }
    return largest;
  }

  /** Pulls each entry at once, except for one in a hundred, which goes to a key of its own. */
  private static long spread(Store store, Path directory, int entries) throws IOException {
    List<String> keys = Child.keys(KEYS);
    byte[] value = Payload.of(VALUE);
    long largest = 0;
    for (int i = 0; i < entries; i++) {
      if (i % STAYS == 0) {
        store.push("stays", value);
      } else {
        String key = keys.get(i % KEYS);
        store.push(key, value);
        Payload.pull(store, key);
      }
      if (i % (entries / STAYS + 1) == 0) {
        largest = Math.max(largest, Workplace.size(directory));
      }
    }
    return largest;
  }

  private static void measure(
      String name, Churn churn, Options options, Workplace workplace, Report report)
      throws Exception {
    int entries = options.scaled(ENTRIES);
    Path directory = workplace.fresh(name);
    double live = Math.ceil((double) entries / STAYS) * (VALUE + RawFile.OVERHEAD);
    Target limit = Target.atMost((2 * live + 3 * SEGMENT) / 1e6);
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      long largest = churn.run(store, directory, entries);
      long atOnce = Workplace.size(directory);
      report.state(name + ", largest size seen", " MB", largest / 1e6, Target.none(), "");
      report.state(name + ", size at the end", " MB", atOnce / 1e6, Target.none(), "");
      report.state(
          name + ", size once settled, unasked",
          " MB",
          settled(directory, limit) / 1e6,
          limit,
          "2 x live + 3 segments");
    }
    report.state(
        name + ", opening, warm",
        " ms",
        opening(directory, options.rounds()),
        Target.atMost(OPEN_MILLIS),
        "after a clean close");
    compact(name, directory, report);
  }

  private static double settled(Path directory, Target limit) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    double size = Workplace.size(directory);
    while (!limit.isReachedBy(size / 1e6) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK.toNanos());
      size = Workplace.size(directory);
    }
    return size;
  }

  private static double opening(Path directory, int rounds) throws Exception {
    return Rounds.measure(
            WARM_UPS,
            rounds,
            () -> {
              long began = System.nanoTime();
              Store store = Store.open(directory, StoreOption.withSync(false));
              long taken = System.nanoTime() - began;
              store.close();
              return taken / 1e6;
            })
        .median(millis -> millis);
  }

  private static void compact(String name, Path directory, Report report) throws IOException {
    long entries;
    double millis;
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      Recovery recovery = store.recovery();
      entries = recovery.entries();
      long began = System.nanoTime();
      store.compact();
      millis = (System.nanoTime() - began) / 1e6;
    }
    report.state(
        name + ", compacted and closed, disk per entry",
        " B",
        (double) Workplace.size(directory) / entries,
        Target.none(),
        entries + " entries, compacted in " + Numbers.format(millis) + " ms");
  }
}
