package dev.isopace.space.jmh.suite;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The command {@code bench}: measures spaces by their URIs, and writes a report. {@link
 * ToolProvider#findFirst} finds it by the name {@code space-bench}, so that {@code ./space} needs
 * not know this class.
 */
public final class Bench implements ToolProvider {
  private static final int DONE = 0;
  private static final int FAILED = 3;
  private static final int BAD_INPUT = 2;

  /** Creates the tool, for {@link java.util.ServiceLoader}. */
  public Bench() {}

  @Override
  public String name() {
    return "space-bench";
  }

  /**
   * Runs the command, and ends the process.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new Bench().run(System.out, System.err, args));
  }

  /**
   * Runs the command. Exit code 0: measured; 2: the command line is wrong, or a space cannot be
   * opened; 3: some of it could not be measured, peers aside.
   */
  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    try {
      BenchOptions options = BenchOptions.parse(args);
      List<Workload> workloads =
          Workloads.all(options.pace()).stream()
              .filter(workload -> options.rows().matcher(workload.title()).find())
              .toList();
      if (options.isList()) {
        workloads.forEach(workload -> out.println(workload.title()));
        return DONE;
      }
      if (workloads.isEmpty()) {
        throw new IllegalArgumentException(
            "no workload matches '" + options.rows() + "'; --list names them");
      }
      return measure(options, workloads, out, err, args);
    } catch (IllegalArgumentException e) {
      return fail(err, BAD_INPUT, String.valueOf(e.getMessage()));
    } catch (SpaceException e) {
      return fail(err, BAD_INPUT, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return fail(err, FAILED, e.toString());
    } finally {
      out.flush();
    }
  }

  private static int fail(PrintWriter err, int exitCode, String message) {
    err.println("space bench: " + message.replaceAll("\\R\\s*", " "));
    err.flush();
    return exitCode;
  }

  private static int measure(
      BenchOptions options,
      List<Workload> workloads,
      PrintWriter out,
      PrintWriter err,
      String... args)
      throws IOException {
    if (options.docs() != null) {
      Report.requireDocument(options.docs());
    }
    Results results = candidates(options, err);
    Files.createDirectories(options.report());
    Path log = options.report().resolve("jmh.log");
    Files.deleteIfExists(log);
    // Others may run benchmarks on this machine: that is noise, but no reason to refuse.
    System.setProperty("jmh.ignoreLock", "true");
    Circumstances circumstances = Circumstances.now(shown(options, args));
    err.println(circumstances.machine());
    Progress progress = new Progress(err, System::nanoTime, options.pace().seconds());
    new Suite(workloads, options.pace(), log, progress, Suite.PATIENCE)
        .run(results, () -> keep(results, circumstances, options.report(), err));
    Report report = new Report(results, circumstances);
    out.print(report.text());
    report.write(options.report());
    err.println("report: " + options.report().resolve("index.html").toUri());
    if (options.docs() != null) {
      report.refresh(options.docs());
    }
    if (results.sections().isEmpty()) {
      return fail(err, FAILED, "nothing was measured; index.html says why");
    }
    return results.isComplete()
        ? DONE
        : fail(err, FAILED, "not all was measured; index.html says what, and why");
  }

  /** Writes a report that is not finished, as far as that is possible. */
  private static void keep(
      Results results, Circumstances circumstances, Path directory, PrintWriter err) {
    try {
      new Report(results, circumstances).write(directory);
    } catch (IOException | RuntimeException e) {
      err.println("the report so far is not written: " + e);
    }
  }

  /** Returns the command line as it may be published. */
  private static List<String> shown(BenchOptions options, String... args) {
    return Stream.of(args)
        .map(arg -> options.uris().contains(arg) ? SpaceUri.parse(arg).toString() : arg)
        .toList();
  }

  /** Opens each space once. One that was named must work; a peer that does not is left out. */
  private static Results candidates(BenchOptions options, PrintWriter err) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (String uri : options.uris()) {
      candidates.add(Candidate.of(uri, SpaceUri.parse(uri).toString(), false));
    }
    if (!options.withPeers()) {
      return new Results(candidates);
    }
    List<Peers.Peer> peers = Peers.all();
    if (peers.isEmpty()) {
      throw new IllegalArgumentException(
          "there are no peers on the class path; build them by mvn package -Ppeers");
    }
    Map<String, String> absent = new LinkedHashMap<>();
    for (Peers.Peer peer : peers) {
      try {
        Candidate candidate = Candidate.of(peer.uri(), peer.label(), true);
        if (candidates.stream().anyMatch(c -> !c.isPeer() && c.isComparableTo(candidate))) {
          candidates.add(candidate);
        }
      } catch (IOException | RuntimeException | LinkageError e) {
        err.println(peer.label() + " is left out: " + e);
        absent.put(peer.label(), "it is left out: " + e);
      }
    }
    Results results = new Results(candidates);
    absent.forEach(results::leaveOut);
    return results;
  }
}
