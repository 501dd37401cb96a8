package dev.isopace.space.jmh.suite;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Measures one workload after the other, and within it one candidate after the other, so that those
 * that are compared run within a minute of each other.
 *
 * <p>Each run is a JVM of its own. One that fails, or hangs, leaves a dash and its reason, and the
 * suite goes on.
 */
final class Suite {
  /**
   * The options of a fixed heap, since its growth is not what is measured. New objects go through a
   * small part of it, since otherwise a short run does little but touch memory for the first time.
   */
  private static final String[] HEAP = {"-Xms2g", "-Xmx2g", "-Xmn128m"};

  private static final double[] RANKS = {50, 75, 90, 95, 99, 99.9, 99.99};

  /**
   * Options that open a part of the JDK; the last one makes JVMs ignore those that they do not
   * know.
   */
  private static final Pattern ACCESS =
      Pattern.compile("--(add|enable|sun)-|-XX:\\+IgnoreUnrecognizedVMOptions");

  /** How long JMH lets an iteration run before it interrupts it. */
  private static final int PATIENCE_SECONDS = 120;

  /** What JMH has not ended by then, it never ends. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String FAILURE = "<failure>";
  private static final Pattern DEATH = Pattern.compile("forked VM failed with exit code [0-9]+");
  private static final String CAUSE = "Caused by: ";

  private final List<Workload> workloads;
  private final Pace pace;
  private final Path log;
  private final Progress progress;
  private final Duration patience;

  /**
   * Prepares a run.
   *
   * @param workloads what to measure
   * @param pace how long
   * @param log gets all that JMH prints
   * @param progress is told how far it is
   * @param patience after what time without an iteration a run is given up
   */
  Suite(List<Workload> workloads, Pace pace, Path log, Progress progress, Duration patience) {
    this.workloads = workloads;
    this.pace = pace;
    this.log = log;
    this.progress = progress;
    this.patience = patience;
  }

  /**
   * Measures all candidates.
   *
   * @param results whose, and where what is found goes
   * @param keeper is run after each workload: the process may not live to the end
   */
  void run(Results results, Runnable keeper) {
    List<Candidate> candidates = results.candidates();
    progress.begin(runs(candidates));
    for (Workload workload : workloads) {
      for (Candidate candidate : candidates) {
        String refusal = workload.refusal(candidate);
        if (refusal == null) {
          progress.next(workload, candidate);
          measure(workload, candidate, results);
        } else {
          put(workload, candidate, Cell.refused(refusal), results);
        }
      }
      keeper.run();
    }
    progress.end();
  }

  private int runs(List<Candidate> candidates) {
    return (int)
        workloads.stream()
            .flatMap(workload -> candidates.stream().filter(c -> workload.refusal(c) == null))
            .count();
  }

  private void measure(Workload workload, Candidate candidate, Results results) {
    try {
      Path output = Files.createTempFile("space-bench", ".log");
      try {
        measure(workload, candidate, output, results);
        keepLog(output, candidate);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      // Most likely a disk is full: perhaps because of this run.
      fail(workload, candidate, e.toString(), results);
    }
  }

  private void measure(Workload workload, Candidate candidate, Path output, Results results)
      throws IOException {
    Watchdog watchdog = new Watchdog(output, patience);
    try (watchdog) {
      Collection<RunResult> found = new Runner(options(workload, candidate, output)).run();
      for (RunResult result : found) {
        results.keep(result);
        record(workload, candidate, result, results);
      }
      if (found.isEmpty()) {
        fail(workload, candidate, "JMH has no result", results);
      }
    } catch (RunnerException | RuntimeException e) {
      String reason =
          watchdog.hasKilled()
              ? "killed, since no iteration had begun for "
                  + Progress.duration((double) patience.toSeconds())
              : reason(printed(output, candidate), e);
      fail(workload, candidate, reason, results);
    }
  }

  private void keepLog(Path output, Candidate candidate) {
    try {
      Files.writeString(
          log, printed(output, candidate), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      progress.remark("not in " + log.getFileName() + ": " + e);
    }
  }

  private org.openjdk.jmh.runner.options.Options options(
      Workload workload, Candidate candidate, Path output) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + workload.benchmark().replace(".", "\\.") + "$")
            .param("uri", candidate.uri())
            .forks(pace.forks())
            .warmupIterations(pace.warmups())
            .warmupTime(TimeValue.milliseconds(pace.millis()))
            .measurementIterations(pace.iterations())
            .measurementTime(TimeValue.milliseconds(pace.millis()))
            .timeout(TimeValue.seconds(PATIENCE_SECONDS))
            .jvmArgs(HEAP)
            .jvmArgsPrepend(access())
            .shouldFailOnError(true)
            .verbosity(VerboseMode.NORMAL)
            .output(output.toString());
    workload.settings().accept(options);
    return options.build();
  }

  /**
   * Returns the options by which this JVM grants more access than usual, since in it a candidate
   * was opened and found to work: none, unless there are peers that need them.
   */
  private static String[] access() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> ACCESS.matcher(argument).lookingAt())
        .toArray(String[]::new);
  }

  private void record(Workload workload, Candidate candidate, RunResult result, Results results) {
    SortedMap<Double, Double> percentiles = new TreeMap<>();
    if (result.getParams().getMode() == Mode.SampleTime) {
      Statistics statistics = result.getPrimaryResult().getStatistics();
      for (double rank : RANKS) {
        percentiles.put(rank, statistics.getPercentile(rank) * Workloads.unit(result));
      }
    }
    for (Figure figure : workload.figures()) {
      Figure.Reading read = figure.reading().apply(result);
      Cell cell = Cell.of(read.value(), read.error(), percentiles);
      results.put(figure, candidate, cell);
      progress.found(figure, cell);
    }
  }

  private static void put(Workload workload, Candidate candidate, Cell cell, Results results) {
    for (Figure figure : workload.figures()) {
      results.put(figure, candidate, cell);
    }
  }

  private void fail(Workload workload, Candidate candidate, String reason, Results results) {
    put(workload, candidate, Cell.failed(reason), results);
    progress.remark("failed: " + reason);
  }

  /** Returns what JMH has printed, in its charset; it names the URI. */
  private static String printed(Path output, Candidate candidate) throws IOException {
    return new String(Files.readAllBytes(output), Charset.defaultCharset())
        .replace(candidate.uri(), candidate.shownUri());
  }

  /**
   * Returns what was thrown in the other JVM, and the last of its causes, as JMH has printed it; or
   * else how that JVM ended.
   */
  static String reason(String printed, Exception e) {
    List<String> trace =
        printed
            .lines()
            .dropWhile(line -> !line.endsWith(FAILURE))
            .skip(1)
            .dropWhile(String::isBlank)
            .takeWhile(line -> !line.isBlank())
            .map(String::strip)
            .toList();
    if (trace.isEmpty()) {
      Matcher death = DEATH.matcher(printed);
      return death.find() ? death.group() : e.toString();
    }
    return trace.stream()
        .filter(line -> line.startsWith(CAUSE))
        .reduce((first, last) -> last)
        .map(cause -> trace.get(0) + "; caused by " + cause.substring(CAUSE.length()))
        .orElseGet(() -> trace.get(0));
  }
}
