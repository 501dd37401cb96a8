package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The duration of a durable push while the store is compacted, compared with that just before.
 *
 * <p>More than half of the log is alive, so that the store has no reason to compact unasked and
 * much to copy when asked.
 */
final class CompactionRow {
  private static final int ENTRIES = 2_000_000;
  private static final int KEYS = 10;
  private static final int TAKEN = 4;
  private static final int VALUE = 128;
  private static final Duration SLICE = Duration.ofMillis(10);

  private CompactionRow() {}

  static Row row() {
    return new Row("compaction-latency", CompactionRow::run);
  }

  private static void run(Options options, Workplace workplace, Report report) throws Exception {
    Path garbage = workplace.fresh("garbage");
    prepare(garbage, options.scaled(ENTRIES));
    Tally without = new Tally();
    Tally with = new Tally();
    double[] seconds = new double[options.rounds()];
    for (int i = 0; i < options.rounds(); i++) {
      Path copy = workplace.copy(garbage);
      Workplace.settle(copy);
      try (Store store = Store.open(copy)) {
        seconds[i] = round(store, options.round(), without, with);
      }
      Workplace.delete(copy);
    }
    for (double share : new double[] {0.5, 0.99}) {
      double before = without.latencies.micros(share);
      double during = with.latencies.micros(share);
      report.compare(
          "push during compaction, p" + Math.round(share * 100),
          " us",
          before,
          during,
          during / before,
          share > 0.5 ? Target.atMost(2) : Target.none(),
          "raw: the store before compaction");
    }
    report.compare(
        "push during compaction, longest",
        " us",
        without.latencies.longestMicros(),
        with.latencies.longestMicros(),
        with.latencies.longestMicros() / without.latencies.longestMicros(),
        Target.none(),
        Numbers.format(Numbers.median(seconds)) + " s each, " + with.operations() + " pushes");
  }

  private static void prepare(Path directory, int entries) throws IOException {
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      Child.fill(store, entries, KEYS, VALUE);
      List<String> keys = Child.keys(KEYS);
      for (String key : keys.subList(0, TAKEN)) {
        while (store.pullp(key).isPresent()) {}
      }
    }
  }

  /** Returns how many seconds the compaction took. */
  private static double round(Store store, Duration before, Tally without, Tally with)
      throws Exception {
    byte[] value = Payload.of(VALUE);
    try (TimedWorkers workers =
        new TimedWorkers(1, false, worker -> store.push("latency", value))) {
      workers.work(before.dividedBy(2), new Tally());
      workers.work(before, without);
      CompletableFuture<Double> compaction = new CompletableFuture<>();
      Threads.start(false, "compaction", () -> compact(store, compaction));
      do {
        workers.work(SLICE, with);
      } while (!compaction.isDone());
      return compaction.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the compaction failed", e.getCause());
    }
  }

  private static void compact(Store store, CompletableFuture<Double> done) {
    try {
      long began = System.nanoTime();
      store.compact();
      done.complete((System.nanoTime() - began) / 1e9);
    } catch (Throwable t) {
      done.completeExceptionally(t);
    }
  }
}
