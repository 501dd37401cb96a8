package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark of spaces runs, so that none rots. */
class SpaceBenchmarkTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"local:", "local:?copy=true", "store:{directory}/{fresh}?sync=never"})
  void runsAndCounts(String template) throws RunnerException {
    String uri = template.replace("{directory}", directory.toString());
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(SpaceBenchmark.class.getName())
                    .param("uri", uri)
                    .param("size", "16")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(20))
                    .timeout(TimeValue.seconds(30))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertEquals(
        List.of("pair", "rdp", "transfer"),
        results.stream()
            .map(result -> result.getParams().getBenchmark())
            .map(name -> name.substring(name.lastIndexOf('.') + 1))
            .sorted()
            .collect(Collectors.toList()));
    for (RunResult result : results) {
      assertTrue(
          result.getPrimaryResult().getScore() > 0,
          result.getParams().getBenchmark() + " did nothing");
    }
  }
}
