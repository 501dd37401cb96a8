package dev.isopace.space.jmh;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the durable store beside raw loops over the same disk, and reports which targets it
 * reaches. {@code --help} lists the options.
 *
 * <p>This is no JMH benchmark, because what counts here is a ratio: of the store to a raw loop that
 * runs in turn with it, slice by slice and round by round, on a disk whose speed moves by a factor
 * of two within seconds. JMH measures one benchmark after the other, minutes apart, and forks a JVM
 * for each. Besides, some of these rows kill a process, look at a directory, or count bytes.
 */
public final class StoreBenchmark {
  private StoreBenchmark() {}

  /**
   * Runs what the command line asks for. Exit code 0: it was measured, whatever came of it; 2: the
   * command line is wrong.
   *
   * @param args the command line
   * @throws Exception if some of it cannot be measured; the rest has been
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(StoreOptions.USAGE);
      return;
    }
    StoreOptions options;
    try {
      options = StoreOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("store benchmark: " + e.getMessage());
      System.exit(2);
      return;
    }
    run(options, System.out);
  }

  static void run(StoreOptions options, PrintStream out) throws Exception {
    List<Row> rows = chosen(options.common());
    if (options.common().list()) {
      rows.forEach(row -> out.println(row.name()));
      return;
    }
    Report report = new Report(out);
    report.title(Machine.describe(options.directory()));
    if (options.backlog()) {
      run(new Row("backlog", Backlog::run), options, report);
    } else {
      for (Row row : rows) {
        run(row, options, report);
      }
    }
    report.summary();
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>(ForcedRows.all());
    rows.addAll(CostRows.all());
    rows.add(UnforcedRow.row());
    rows.addAll(ReopenRows.all());
    rows.addAll(FootprintRows.all());
    rows.addAll(ChurnRows.all());
    rows.add(CompactionRow.row());
    return rows;
  }

  private static List<Row> chosen(Options options) {
    return rows().stream().filter(row -> options.rows().matcher(row.name()).find()).toList();
  }

  static void run(Row row, StoreOptions options, Report report) throws InterruptedException {
    try (Workplace workplace = Workplace.in(options.directory())) {
      row.measurement().run(options.common(), workplace, report);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      report.fail(row.name(), e);
    }
  }
}
