package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.ToDoubleFunction;

/**
 * One thread without sync pushes everything, then pulls everything, compared with a loop that
 * copies records of the same size into, and out of, a mapped file.
 *
 * <p>A new store needs memory for its files that nobody has used yet, and so does a file that the
 * raw loop makes; a virtual machine may hand that out more slowly than anything is copied.
 * Therefore a push is also compared with the raw loop including the time to make the file, and a
 * store that reuses its files is measured separately.
 *
 * <p>The targets are rates that peers reached on another day, and so no more than a hint; the
 * ratios to the raw loop are of this run.
 */
final class UnforcedRow {
  private static final int COUNT = 1_000_000;
  private static final int VALUE = 128;
  private static final int RECORD = VALUE + RawFile.OVERHEAD;
  private static final int WARM_UPS = 2;

  /**
   * How often a store that reuses its files is filled and emptied, and which fraction of the
   * entries it then holds.
   */
  private static final int TURNS = 9;

  private static final int PART = 5;

  /** The number of records that one mapping takes; a rate needs no more. */
  private static final int MAPPED = Integer.MAX_VALUE / RECORD;

  /** The target of pushes: four times the 2.8 million of the fastest peer. */
  private static final double PUSHES = 11.2e6;

  /** The target of pulls: the rate of the fastest peer. */
  private static final double PULLS = 13.8e6;

  private UnforcedRow() {}

  /** Records per second. */
  private record Rates(double push, double pull) {}

  /** The rates of the raw loop, and that of its writes if making the file counts. */
  private record Raw(Rates rates, double pushAfresh) {}

  /** One round of the raw loop, of a fresh store, and of a store that reuses its files. */
  private record Round(Raw raw, Rates store, Rates again) {}

  static Row row() {
    return new Row("unforced", UnforcedRow::run);
  }

  private static void run(Options options, Workplace workplace, Report report) throws Exception {
    int count = options.scaled(COUNT);
    Rounds<Round> rounds =
        Rounds.measure(
            WARM_UPS,
            options.rounds(),
            () ->
                new Round(
                    raw(workplace, Math.min(count, MAPPED)),
                    store(workplace, count),
                    again(workplace, Math.max(1, count / PART))));
    report.compare(
        "push, sync off, files to be made",
        "/s",
        rounds.median(round -> round.raw().pushAfresh()),
        rounds.median(round -> round.store().push()),
        rounds.median(round -> round.store().push() / round.raw().pushAfresh()),
        Target.none(),
        "");
    report(report, "push, sync off", rounds, Rates::push, PUSHES);
    report(report, "pull, sync off", rounds, Rates::pull, PULLS);
    report.state(
        "push, sync off, files go round",
        " M/s",
        rounds.median(round -> round.again().push()) / 1e6,
        Target.none(),
        "");
    report.state(
        "pull, sync off, files go round",
        " M/s",
        rounds.median(round -> round.again().pull()) / 1e6,
        Target.none(),
        "");
  }

  private static void report(
      Report report,
      String what,
      Rounds<Round> rounds,
      ToDoubleFunction<Rates> rate,
      double target) {
    ToDoubleFunction<Round> raw = round -> rate.applyAsDouble(round.raw().rates());
    ToDoubleFunction<Round> store = round -> rate.applyAsDouble(round.store());
    report.compare(
        what,
        "/s",
        rounds.median(raw),
        rounds.median(store),
        rounds.median(round -> store.applyAsDouble(round) / raw.applyAsDouble(round)),
        Target.none(),
        "");
    report.state(
        what + ", absolute",
        " M/s",
        rounds.median(store) / 1e6,
        Target.atLeast(target / 1e6),
        "the target was measured on another day");
  }

  private static Raw raw(Workplace workplace, int count) throws IOException {
    Path file = workplace.fresh("mapped");
    long size = (long) count * RECORD;
    long making = System.nanoTime();
    Workplace.fillWithZeros(file, size, false);
    making = System.nanoTime() - making;
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
    Rates rates = rates(count, began, written, System.nanoTime());
    return new Raw(rates, count * 1e9 / (making + written - began));
  }

  private static Rates store(Workplace workplace, int count) throws IOException {
    Path directory = workplace.fresh("unforced");
    byte[] value = Payload.of(VALUE);
    Rates rates;
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      rates = fillAndEmpty(store, count, value);
    }
    Workplace.delete(directory);
    return rates;
  }

  /** Returns the median rates of the second half of many turns in one store. */
  private static Rates again(Workplace workplace, int count) throws Exception {
    Path directory = workplace.fresh("again");
    byte[] value = Payload.of(VALUE);
    Rounds<Rates> turns;
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      turns = Rounds.measure(TURNS, TURNS, () -> fillAndEmpty(store, count, value));
    }
    Workplace.delete(directory);
    return new Rates(turns.median(Rates::push), turns.median(Rates::pull));
  }

  private static Rates fillAndEmpty(Store store, int count, byte[] value) throws IOException {
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Payload.number(value, i);
      store.push("k", value);
    }
    long written = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Payload.requireNumber(store.pullp("k").orElseThrow(), VALUE, i);
    }
    return rates(count, began, written, System.nanoTime());
  }

  private static Rates rates(int count, long began, long written, long read) {
    return new Rates(count * 1e9 / (written - began), count * 1e9 / (read - written));
  }
}
