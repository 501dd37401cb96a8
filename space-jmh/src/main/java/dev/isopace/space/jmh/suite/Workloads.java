package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.Crowd;
import dev.isopace.space.jmh.DurablePush;
import dev.isopace.space.jmh.FillAndDrain;
import dev.isopace.space.jmh.Footprint;
import dev.isopace.space.jmh.FreshKeys;
import dev.isopace.space.jmh.HotKey;
import dev.isopace.space.jmh.OneThread;
import dev.isopace.space.jmh.PingPong;
import dev.isopace.space.jmh.Probes;
import dev.isopace.space.jmh.suite.Figure.Reading;
import dev.isopace.space.jmh.suite.Figure.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** All workloads, in the order in which they are reported. */
final class Workloads {
  /**
   * The length of iterations in which every key is new, which are short because some peers keep
   * something of each key. There are more of them instead.
   */
  private static final int FRESH_KEYS_MILLIS = 100;

  private static final String ON_VIRTUAL_THREADS = "-Djmh.executor=VIRTUAL";
  private static final double MEDIAN = 50;
  private static final double TAIL = 99;

  private final Pace pace;
  private final List<Workload> all = new ArrayList<>();

  private Workloads(Pace pace) {
    this.pace = pace;
  }

  static List<Workload> all(Pace pace) {
    Workloads workloads = new Workloads(pace);
    workloads.oneThread();
    workloads.manyThreads();
    workloads.latency();
    workloads.waiting();
    workloads.payload();
    workloads.durable();
    workloads.backlog();
    workloads.memory();
    return List.copyOf(workloads.all);
  }

  private void oneThread() {
    Section section = Section.ONE_THREAD;
    time(section, OneThread.class, "pair", "out and inp, one key", options -> {});
    time(section, OneThread.class, "hit", "rdp, an entry is there", options -> {});
    time(section, OneThread.class, "miss", "inp, nothing is there", options -> {});
    time(
        section,
        OneThread.class,
        "pairOverManyKeys",
        "out and inp, 10,000 keys in turn",
        options -> {});
    time(
        section,
        FreshKeys.class,
        "pair",
        "out and inp, each on a fresh key",
        options ->
            options
                .warmupIterations(pace.warmups() * pace.millis() / FRESH_KEYS_MILLIS)
                .warmupTime(TimeValue.milliseconds(FRESH_KEYS_MILLIS))
                .measurementIterations(pace.iterations() * pace.millis() / FRESH_KEYS_MILLIS)
                .measurementTime(TimeValue.milliseconds(FRESH_KEYS_MILLIS)));
  }

  private void manyThreads() {
    for (int threads : threads(1, 2, 4, 8, 16, 32, 64)) {
      add(
          HotKey.class,
          "transfer",
          threads + " + " + threads + " threads",
          Workload.needing(Need.WAITING),
          options -> options.param("threads", "" + threads),
          new Extract(Section.HOT_KEY, "", threads, Quantity.RATE, counter("entries")));
    }
    probes(Section.ONE_KEY, "oneKey");
    probes(Section.OWN_KEY, "ownKey");
  }

  private void probes(Section section, String method) {
    for (int threads : threads(1, 2, 4, 8, 16)) {
      add(
          Probes.class,
          method,
          plural(threads, "thread"),
          Workload.needing(),
          options -> options.threads(threads),
          new Extract(section, "", threads, Quantity.RATE, Workloads::score));
    }
  }

  private void latency() {
    roundTrips("platform threads", 0, Workload.needing(Need.WAITING), options -> {});
    roundTrips(
        "virtual threads",
        0,
        Workload.needing(Need.WAITING, Need.VIRTUAL_THREADS),
        options -> options.jvmArgsAppend(ON_VIRTUAL_THREADS));
    roundTrips(
        "platform threads, 10,000 others wait",
        10_000,
        Workload.needing(Need.WAITING),
        options -> {});
  }

  private void roundTrips(
      String title, int waiters, Set<Need> needs, Consumer<ChainedOptionsBuilder> settings) {
    add(
        PingPong.class,
        "roundTrip",
        title,
        needs,
        options -> settings.accept(options.param("waiters", "" + waiters)),
        new Extract(Section.LATENCY, ", median", 0, Quantity.TIME, percentile(MEDIAN)),
        new Extract(Section.LATENCY, ", 99th percentile", 0, Quantity.TIME, percentile(TAIL)));
  }

  private void waiting() {
    for (int waiters : new int[] {1_000, 10_000}) {
      add(
          OneThread.class,
          "pair",
          "out and inp, %,d wait on other keys".formatted(waiters),
          Workload.needing(Need.WAITING),
          options -> options.param("waiters", "" + waiters),
          new Extract(Section.WAITING, "", 0, Quantity.TIME, Workloads::nanos));
    }
    for (boolean isVirtual : new boolean[] {false, true}) {
      add(
          Crowd.class,
          "feed",
          "1,000 %s threads wait on one key, and are fed"
              .formatted(isVirtual ? "virtual" : "platform"),
          isVirtual
              ? Workload.needing(Need.WAITING, Need.VIRTUAL_THREADS)
              : Workload.needing(Need.WAITING),
          options ->
              options
                  .param("virtual", "" + isVirtual)
                  .warmupIterations(pace.isQuick() ? 3 : 5)
                  .measurementIterations(pace.isQuick() ? 5 : 20),
          new Extract(Section.WAITING, "", 0, Quantity.TIME, Workloads::nanos));
    }
  }

  private void payload() {
    for (int size : new int[] {128, 1 << 10, 16 << 10, 256 << 10}) {
      add(
          OneThread.class,
          "pair",
          "out and inp, " + (size < 1 << 10 ? size + " B" : (size >> 10) + " KiB"),
          Workload.needing(Need.COPYING),
          options -> options.param("size", "" + size),
          new Extract(Section.PAYLOAD, "", 0, Quantity.TIME, Workloads::nanos));
    }
  }

  private void durable() {
    add(
        DurablePush.class,
        "raw",
        "the raw loop: one thread writes and forces",
        Workload.needing(Need.FORCED, Need.DISK),
        options -> {},
        new Extract(Section.DURABLE, "", 0, Quantity.RATE, Workloads::score));
    for (int threads : new int[] {1, 4, 16, 64}) {
      add(
          DurablePush.class,
          "push",
          plural(threads, "thread"),
          Workload.needing(Need.FORCED),
          options -> options.threads(threads),
          new Extract(Section.DURABLE, "", threads, Quantity.RATE, Workloads::score));
    }
  }

  private void backlog() {
    int entries = pace.isQuick() ? 500_000 : 1_000_000;
    for (String method : new String[] {"push", "pull"}) {
      add(
          FillAndDrain.class,
          method,
          "%s, each of %,d entries".formatted(method, entries),
          Workload.needing(Need.DURABLE, Need.UNFORCED),
          options ->
              options
                  .warmupIterations(pace.isQuick() ? 3 : 5)
                  .warmupBatchSize(entries)
                  .measurementBatchSize(entries),
          new Extract(
              Section.BACKLOG, "", 0, Quantity.TIME, result -> nanos(result).times(1.0 / entries)));
    }
  }

  private void memory() {
    int entries = pace.isQuick() ? 1_000_000 : 5_000_000;
    add(
        Footprint.class,
        "fill",
        "heap",
        Workload.needing(Need.HEAP),
        options ->
            options
                .param("entries", "" + entries)
                .forks(1)
                .warmupIterations(0)
                .measurementIterations(1),
        new Extract(Section.MEMORY, " of an entry", 0, Quantity.BYTES, counter("perEntry")),
        new Extract(
            Section.MEMORY, " of a key with one entry", 0, Quantity.BYTES, counter("perKey")),
        new Extract(
            Section.MEMORY, " left of a key that is empty", 0, Quantity.BYTES, counter("left")));
  }

  /** The part of a figure that its workload does not give. */
  private record Extract(
      Section section,
      String suffix,
      int x,
      Quantity quantity,
      Function<RunResult, Reading> reading) {}

  private void time(
      Section section,
      Class<?> benchmark,
      String method,
      String title,
      Consumer<ChainedOptionsBuilder> settings) {
    add(
        benchmark,
        method,
        title,
        Workload.needing(),
        settings,
        new Extract(section, "", 0, Quantity.TIME, Workloads::nanos));
  }

  private void add(
      Class<?> benchmark,
      String method,
      String title,
      Set<Need> needs,
      Consumer<ChainedOptionsBuilder> settings,
      Extract... extracts) {
    List<Figure> figures = new ArrayList<>();
    for (Extract extract : extracts) {
      String name = title + extract.suffix();
      figures.add(
          new Figure(
              extract.section().name().toLowerCase(Locale.ROOT) + "/" + name,
              extract.section(),
              name,
              extract.x(),
              extract.quantity(),
              extract.reading()));
    }
    all.add(
        new Workload(
            benchmark.getName() + "." + method,
            extracts[0].section().title() + ": " + title,
            needs,
            settings,
            figures));
  }

  /** Returns the numbers of threads: if in a hurry, every other one. */
  private int[] threads(int... all) {
    return pace.isQuick()
        ? IntStream.range(0, all.length).filter(i -> i % 2 == 0).map(i -> all[i]).toArray()
        : all;
  }

  private static Reading score(RunResult result) {
    return Reading.of(result.getPrimaryResult());
  }

  private static Function<RunResult, Reading> counter(String name) {
    return result -> {
      Result<?> counter = result.getSecondaryResults().get(name);
      return counter == null ? Reading.NONE : Reading.of(counter);
    };
  }

  private static Reading nanos(RunResult result) {
    return score(result).times(unit(result));
  }

  /** Returns what reads a percentile, without an error: JMH's error is that of the mean. */
  private static Function<RunResult, Reading> percentile(double rank) {
    return result ->
        new Reading(
            result.getPrimaryResult().getStatistics().getPercentile(rank) * unit(result),
            Double.NaN);
  }

  /** Returns how many nanoseconds the unit of a result has: {@code us/op}, for instance. */
  static double unit(RunResult result) {
    String unit = result.getPrimaryResult().getScoreUnit();
    return switch (unit.substring(0, unit.indexOf('/'))) {
      case "ns" -> 1;
      case "us" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      default -> throw new IllegalStateException("a time in " + unit);
    };
  }

  private static String plural(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
