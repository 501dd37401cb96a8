package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One thread without sync: pushes everything, then pulls everything; beside a loop that copies
 * records of the same size into, and out of, a mapped file.
 *
 * <p>The targets are rates that peers reached on another day, and so no more than a hint; the
 * ratios to the raw loop are of this run.
 */
final class UnforcedRow {
  private static final int COUNT = 1_000_000;
  private static final int VALUE = 128;
  private static final int RECORD = VALUE + RawFile.OVERHEAD;
  private static final int WARM_UPS = 2;

  /** As many records as one mapping takes; a rate needs no more. */
  private static final int MAPPED = Integer.MAX_VALUE / RECORD;

  /** Four times the 2.8 million of the fastest peer. */
  private static final double PUSHES = 11.2e6;

  /** What the fastest peer does. */
  private static final double PULLS = 13.8e6;

  private UnforcedRow() {}

  /** Rates of one round. */
  private record Rates(double push, double pull) {}

  static Row row() {
    return new Row("unforced", UnforcedRow::run);
  }

  private static void run(Options options, Workplace workplace, Report report) throws Exception {
    int count = options.scaled(COUNT);
    int rounds = options.rounds();
    double[] rawPush = new double[rounds];
    double[] rawPull = new double[rounds];
    double[] push = new double[rounds];
    double[] pull = new double[rounds];
    double[] pushRatio = new double[rounds];
    double[] pullRatio = new double[rounds];
    for (int i = -WARM_UPS; i < rounds; i++) {
      Rates raw = raw(workplace, Math.min(count, MAPPED));
      Rates store = store(workplace, count);
      if (i >= 0) {
        rawPush[i] = raw.push();
        rawPull[i] = raw.pull();
        push[i] = store.push();
        pull[i] = store.pull();
        pushRatio[i] = store.push() / raw.push();
        pullRatio[i] = store.pull() / raw.pull();
      }
    }
    report(report, "push, sync off", rawPush, push, pushRatio, PUSHES);
    report(report, "pull, sync off", rawPull, pull, pullRatio, PULLS);
  }

  private static void report(
      Report report, String what, double[] raw, double[] store, double[] ratios, double target) {
    report.compare(
        what,
        "/s",
        Numbers.median(raw),
        Numbers.median(store),
        Numbers.median(ratios),
        Target.none(),
        "");
    report.state(
        what + ", absolute",
        " M/s",
        Numbers.median(store) / 1e6,
        Target.atLeast(target / 1e6),
        "the target was measured on another day");
  }

  private static Rates raw(Workplace workplace, int count) throws IOException {
    Path file = workplace.fresh("mapped");
    long size = (long) count * RECORD;
    Workplace.fillWithZeros(file, size);
    MappedByteBuffer memory;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      memory = channel.map(MapMode.READ_WRITE, 0, size);
    }
    byte[] bytes = Payload.of(RECORD);
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Payload.number(bytes, i);
      memory.put(i * RECORD, bytes);
    }
    long written = System.nanoTime();
    for (int i = 0; i < count; i++) {
      byte[] copy = new byte[RECORD];
      memory.get(i * RECORD, copy);
      Payload.requireNumber(copy, RECORD, i);
    }
    return rates(count, began, written, System.nanoTime());
  }

  private static Rates store(Workplace workplace, int count) throws IOException {
    Path directory = workplace.fresh("unforced");
    byte[] value = Payload.of(VALUE);
    Rates rates;
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      long began = System.nanoTime();
      for (int i = 0; i < count; i++) {
        Payload.number(value, i);
        store.push("k", value);
      }
      long written = System.nanoTime();
      for (int i = 0; i < count; i++) {
        Payload.requireNumber(store.pullp("k").orElseThrow(), VALUE, i);
      }
      rates = rates(count, began, written, System.nanoTime());
    }
    Workplace.delete(directory);
    return rates;
  }

  private static Rates rates(int count, long began, long written, long read) {
    return new Rates(count * 1e9 / (written - began), count * 1e9 / (read - written));
  }
}
