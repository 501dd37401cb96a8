package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark of spaces runs, and leaves nothing behind, so that none rots. */
class WorkloadsTest {
  private static final String IN_MEMORY =
      "OneThread|FreshKeys|HotKey|Probes|PingPong|Crowd|Footprint";

  @TempDir private Path directory;

  @BeforeAll
  static void shareTheMachine() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @Test
  void eachRunsInMemoryAndLeavesNoThread() throws RunnerException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    assertEquals(11, run("local:", IN_MEMORY, 1).size());

    List<Thread> left =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread))
            .filter(thread -> thread.getName().matches("(worker|taker|bystander|partner).*"))
            .collect(Collectors.toList());
    assertEquals(List.of(), left);
  }

  @Test
  void eachRunsOnDiskAndLeavesNoFile() throws RunnerException, IOException {
    String uri = "store:" + directory + "?sync=never";
    assertEquals(2, run(uri, "DurablePush", 1).size());
    assertEquals(2, run(uri, "FillAndDrain", 1000).size());

    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static Collection<RunResult> run(String uri, String benchmarks, int batch)
      throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("\\.(" + benchmarks + ")")
                    .param("uri", uri)
                    .param("size", "16")
                    .param("waiters", "3")
                    .param("takers", "3")
                    .param("threads", "2")
                    .param("entries", "1000")
                    .measurementBatchSize(batch)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(20))
                    .timeout(TimeValue.seconds(30))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    for (RunResult result : results) {
      assertTrue(result.getPrimaryResult().getScore() > 0, result.getParams().id());
      assertFalse(result.getPrimaryResult().getScoreUnit().isEmpty());
    }
    return results;
  }
}
