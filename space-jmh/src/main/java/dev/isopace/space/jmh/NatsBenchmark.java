package dev.isopace.space.jmh;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures the distributed space beside the same work written with the NATS client itself, on a
 * server that is running, and reports which targets it reaches. {@code --help} lists the options.
 *
 * <p>As in {@link StoreBenchmark}, what counts is the ratio of two sides that take turns, slice by
 * slice: the same server, the same client, the same machine at nearly the same time.
 */
public final class NatsBenchmark {
  private NatsBenchmark() {}

  /**
   * Runs what the command line asks for. Exit code 0: it was measured, whatever came of it; 2: the
   * command line is wrong.
   *
   * @param args the command line
   * @throws Exception if some of it cannot be measured; the rest has been
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(NatsOptions.USAGE);
      return;
    }
    try {
      run(args, System.out);
    } catch (IllegalArgumentException e) {
      System.err.println("nats benchmark: " + e.getMessage());
      System.exit(2);
    }
  }

  static void run(String[] args, PrintStream out) throws Exception {
    NatsOptions options = NatsOptions.parse(args);
    Options common = options.common();
    List<NatsRows.NatsRow> rows =
        NatsRows.all().stream().filter(row -> common.rows().matcher(row.name()).find()).toList();
    if (common.list()) {
      rows.forEach(row -> out.println(row.name()));
      return;
    }
    Report report = new Report(out, "space");
    report.title(
        Machine.describe(Path.of(""))
            + ", "
            + NatsRaw.describe(options.server(), options.replicas()));
    for (NatsRows.NatsRow row : rows) {
      try (NatsRaw raw = new NatsRaw(options.server(), options.replicas())) {
        row.measurement().run(raw, common, report);
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        report.fail(row.name(), e);
      }
    }
    report.summary();
  }
}
