package dev.isopace.space.jmh.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.jmh.suite.Figure.Reading;
import dev.isopace.space.jmh.suite.Figure.Section;
import java.io.Serial;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.Aggregator;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.ListStatistics;

/** Each figure has the error of what it is read from, and none where JMH has none for that. */
class ReadingTest {
  private static final Measured TIME = new Measured(ResultRole.PRIMARY, "us/op", 1, 2, 3, 6);
  private static final Measured ENTRIES =
      new Measured(ResultRole.SECONDARY, "ops/s", 1000, 1001, 1002, 1003);

  @Test
  void theTimeOfAnOperationHasItsError() {
    Reading read = read(Section.ONE_THREAD);
    assertEquals(3000, read.value(), 1e-6);
    assertEquals(1000 * TIME.getScoreError(), read.error(), 1e-6);
  }

  @Test
  void aCounterHasItsError() {
    Reading read = read(Section.HOT_KEY);
    assertEquals(1001.5, read.value(), 1e-6);
    assertEquals(ENTRIES.getScoreError(), read.error(), 1e-6);
  }

  @Test
  void aPercentileHasNoError() {
    Reading read = read(Section.LATENCY);
    assertEquals(2500, read.value(), 1e-6);
    assertEquals(Double.NaN, read.error());
  }

  @Test
  void theTimePerEntryHasTheErrorPerEntry() {
    Reading read = read(Section.BACKLOG);
    assertEquals(3000 / 500_000.0, read.value(), 1e-9);
    assertEquals(1000 * TIME.getScoreError() / 500_000, read.error(), 1e-9);
  }

  @Test
  void whatWasNotMeasuredHasNeitherValueNorError() {
    assertEquals(Reading.NONE, read(Section.MEMORY));
  }

  /** What the first figure of a section is, of a run that had both results. */
  private static Reading read(Section section) {
    return Workloads.all(Pace.QUICK).stream()
        .flatMap(workload -> workload.figures().stream())
        .filter(figure -> figure.section() == section)
        .findFirst()
        .orElseThrow()
        .reading()
        .apply(new Ran());
  }

  private static final class Ran extends RunResult {
    @Serial private static final long serialVersionUID = 1L;

    Ran() {
      super(null, List.of());
    }

    @Override
    @SuppressWarnings("rawtypes") // as JMH has it
    public Result getPrimaryResult() {
      return TIME;
    }

    @Override
    @SuppressWarnings("rawtypes") // as JMH has it
    public Map<String, Result> getSecondaryResults() {
      return Map.of("entries", ENTRIES);
    }
  }

  private static final class Measured extends Result<Measured> {
    @Serial private static final long serialVersionUID = 1L;

    Measured(ResultRole role, String unit, double... values) {
      super(role, "measured", new ListStatistics(values), unit, AggregationPolicy.AVG);
    }

    @Override
    protected Aggregator<Measured> getThreadAggregator() {
      return ReadingTest::none;
    }

    @Override
    protected Aggregator<Measured> getIterationAggregator() {
      return ReadingTest::none;
    }
  }

  private static Measured none(Collection<Measured> results) {
    throw new UnsupportedOperationException(results.toString());
  }
}
