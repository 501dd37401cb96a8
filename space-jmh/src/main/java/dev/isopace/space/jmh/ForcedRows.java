package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Durable operations, compared with the raw loop of one thread that forces each record: one thread
 * can be as fast as that, several can share a force.
 */
final class ForcedRows {
  private static final int VALUE = 128;
  private static final int LARGER_VALUE = 1024;

  /** A slice short enough for both sides to see the same disk. */
  private static final Duration ALONE = Duration.ofMillis(10);

  /** A slice long enough for starting and stopping the threads not to matter. */
  private static final Duration TOGETHER = Duration.ofMillis(200);

  private ForcedRows() {}

  /** The threads of a row, their keys, and the size of the values that they push. */
  private record Shape(int threads, boolean isVirtual, boolean isOneKey, int value) {
    List<String> keys() {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        keys.add(isOneKey ? "k" : "k" + i);
      }
      return keys;
    }

    List<byte[]> values() {
      List<byte[]> values = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        values.add(Payload.of(value));
      }
      return values;
    }
  }

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    rows.add(push("push-1", new Shape(1, false, true, VALUE), 0.97, Target.atMost(1.25)));
    rows.add(
        push("push-1-1KiB", new Shape(1, false, true, LARGER_VALUE), 0.97, Target.atMost(1.25)));
    rows.add(push("push-4-keys", new Shape(4, false, false, VALUE), 2.6));
    rows.add(push("push-4-one-key", new Shape(4, false, true, VALUE), 2.6));
    rows.add(push("push-16-keys", new Shape(16, false, false, VALUE), 8.5));
    rows.add(push("push-16-one-key", new Shape(16, false, true, VALUE), 7.5));
    rows.add(push("push-64-keys", new Shape(64, false, false, VALUE), 17));
    rows.add(push("push-64-one-key", new Shape(64, false, true, VALUE), 15));
    rows.add(push("push-64-virtual", new Shape(64, true, false, VALUE), 35));
    rows.add(push("push-256-virtual", new Shape(256, true, false, VALUE), 75));
    rows.add(pairs("pairs-1", new Shape(1, false, false, VALUE), 0.48));
    rows.add(pairs("pairs-16", new Shape(16, false, false, VALUE), 4.2));
    return rows;
  }

  private static Row push(String name, Shape shape, double target) {
    return push(name, shape, target, Target.none());
  }

  private static Row push(String name, Shape shape, double target, @Nullable Target tail) {
    return new Row(
        name,
        (options, workplace, report) ->
            measure(
                name,
                shape,
                Target.atLeast(target),
                tail,
                options,
                workplace,
                report,
                Store::push));
  }

  private static Row pairs(String name, Shape shape, double target) {
    return new Row(
        name,
        (options, workplace, report) ->
            measure(
                name,
                shape,
                Target.atLeast(target),
                Target.none(),
                options,
                workplace,
                report,
                ForcedRows::pair));
  }

  private interface Operation {
    void run(Store store, String key, byte[] value) throws Exception;
  }

  private static void pair(Store store, String key, byte[] value) throws Exception {
    store.push(key, value);
    Payload.pull(store, key);
  }

  private static void measure(
      String name,
      Shape shape,
      Target target,
      @Nullable Target tail,
      Options options,
      Workplace workplace,
      Report report,
      Operation operation)
      throws Exception {
    if (shape.isVirtual() && !Threads.canBeVirtual()) {
      report.note(name, "skipped: this JVM has no virtual threads, JDK 21 and later have");
      return;
    }
    List<String> keys = shape.keys();
    List<byte[]> values = shape.values();
    try (RawFile raw = new RawFile(workplace.fresh("raw"), shape.value());
        Store store = Store.open(workplace.fresh(name))) {
      Task task = worker -> operation.run(store, keys.get(worker), values.get(worker));
      Duel.Outcome outcome = fight(shape, task, raw, new Duel(options));
      report.compare(
          name,
          "/s",
          outcome.raw().perSecond(),
          outcome.store().perSecond(),
          outcome.ratio(),
          target,
          outcome.spread());
      latency(name + " p50", 0.5, outcome, Target.none(), report);
      latency(name + " p99", 0.99, outcome, tail, report);
    }
  }

  private static Duel.Outcome fight(Shape shape, Task task, RawFile raw, Duel duel)
      throws Exception {
    Side alone = new Solo(worker -> raw.append());
    if (shape.threads() == 1) {
      return duel.fight(ALONE, alone, new Solo(task));
    }
    try (TimedWorkers workers = new TimedWorkers(shape.threads(), shape.isVirtual(), task)) {
      return duel.fight(TOGETHER, alone, workers);
    }
  }

  private static void latency(
      String what, double share, Duel.Outcome outcome, @Nullable Target target, Report report) {
    double raw = outcome.raw().latencies.micros(share);
    double store = outcome.store().latencies.micros(share);
    report.compare(what, " us", raw, store, store / raw, target, "");
  }
}
