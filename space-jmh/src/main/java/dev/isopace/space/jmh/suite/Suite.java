package dev.isopace.space.jmh.suite;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
 * <p>Each run is a JVM of its own. One that fails leaves a dash and its reason, and the suite goes
 * on.
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

  private static final int PATIENCE_SECONDS = 120;
  private static final String CAUSE = "<failure>";

  private final List<Workload> workloads;
  private final Pace pace;
  private final Path log;
  private final Progress progress;

  /**
   * Prepares a run.
   *
   * @param workloads what to measure
   * @param pace how long
   * @param log gets all that JMH prints
   * @param progress is told how far it is
   */
  Suite(List<Workload> workloads, Pace pace, Path log, Progress progress) {
    this.workloads = workloads;
    this.pace = pace;
    this.log = log;
    this.progress = progress;
  }

  /** Measures all candidates. */
  Results run(List<Candidate> candidates) throws IOException {
    Results results = new Results(candidates);
    progress.begin(runs(candidates));
    for (Workload workload : workloads) {
      for (Candidate candidate : candidates) {
        String refusal = workload.refusal(candidate);
        if (refusal == null) {
          progress.next(workload, candidate);
          measure(workload, candidate, results);
        } else {
          miss(workload, candidate, refusal, results);
        }
      }
    }
    progress.end();
    return results;
  }

  private int runs(List<Candidate> candidates) {
    return (int)
        workloads.stream()
            .flatMap(workload -> candidates.stream().filter(c -> workload.refusal(c) == null))
            .count();
  }

  private void measure(Workload workload, Candidate candidate, Results results) throws IOException {
    Path output = Files.createTempFile("space-bench", ".log");
    try {
      Collection<RunResult> found = new Runner(options(workload, candidate, output)).run();
      for (RunResult result : found) {
        results.keep(result);
        record(workload, candidate, result, results);
      }
      if (found.isEmpty()) {
        fail(workload, candidate, "JMH has no result", results);
      }
    } catch (RunnerException e) {
      fail(workload, candidate, reason(printed(output, candidate), e), results);
    } finally {
      Files.writeString(
          log, printed(output, candidate), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      Files.delete(output);
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

  private static void miss(Workload workload, Candidate candidate, String reason, Results results) {
    for (Figure figure : workload.figures()) {
      results.put(figure, candidate, Cell.missing(reason));
    }
  }

  private void fail(Workload workload, Candidate candidate, String reason, Results results) {
    miss(workload, candidate, reason, results);
    progress.failed(reason);
  }

  /** Returns what JMH has printed, in its charset; it names the URI. */
  private static String printed(Path output, Candidate candidate) throws IOException {
    return new String(Files.readAllBytes(output), Charset.defaultCharset())
        .replace(candidate.uri(), candidate.shownUri());
  }

  /** Returns the line in which JMH reports what was thrown in the other JVM. */
  private static String reason(String printed, RunnerException e) {
    return printed
        .lines()
        .dropWhile(line -> !line.endsWith(CAUSE))
        .skip(1)
        .filter(line -> !line.isBlank())
        .findFirst()
        .map(String::strip)
        .orElseGet(e::toString);
  }
}
