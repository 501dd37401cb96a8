package dev.isopace.space.jmh;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the distributed space beside the same work written with the NATS client itself, on a
 * server that is running, and reports which targets it reaches. {@code --help} lists the options.
 *
 * <p>As in {@link StoreBenchmark}, what counts is the ratio of two sides that take turns, slice by
 * slice: the same server, the same client, the same machine at nearly the same time.
 */
public final class NatsBenchmark {
  static final String USAGE =
      """
      usage: NatsBenchmark [--server HOST:PORT] [--replicas N] [--rows REGEX] [--seconds N] \
      [--rounds N] [--scale X] [--list]
        --server HOST:PORT  a server with JetStream; streams are made there, and deleted (localhost:4222)
        --replicas N        on how many servers of a cluster the entries are (1)
        --rows REGEX        only rows whose name contains a match
        --seconds N         how long each side works in a round (2)
        --rounds N          how many rounds; the median counts (5)
        --scale X           multiplies the numbers of entries, for a quick look (1)
        --list              names the rows\
      """;

  private NatsBenchmark() {}

  /**
   * Runs what the command line asks for. Exit code 0: it was measured, whatever came of it; 2: the
   * command line is wrong.
   *
   * @param args the command line
   * @throws Exception if something cannot be measured
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(USAGE);
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
    String server = "localhost:4222";
    int replicas = 1;
    List<String> others = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      boolean hasValue = i + 1 < args.length;
      if (args[i].equals("--server") && hasValue) {
        server = args[++i];
      } else if (args[i].equals("--replicas") && hasValue) {
        replicas = Integer.parseInt(args[++i]);
      } else {
        others.add(args[i]);
      }
    }
    Options options = Options.parse(others.toArray(String[]::new));
    List<NatsRows.NatsRow> rows =
        NatsRows.all().stream().filter(row -> options.rows().matcher(row.name()).find()).toList();
    if (options.list()) {
      rows.forEach(row -> out.println(row.name()));
      return;
    }
    Report report = new Report(out, "space");
    report.title(Machine.describe(options.directory()) + ", " + NatsRaw.describe(server, replicas));
    for (NatsRows.NatsRow row : rows) {
      try (NatsRaw raw = new NatsRaw(server, replicas)) {
        row.measurement().run(raw, options, report);
      }
    }
    report.summary();
  }
}
