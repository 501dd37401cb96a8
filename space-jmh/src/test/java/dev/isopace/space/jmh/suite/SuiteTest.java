package dev.isopace.space.jmh.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever happens to one run, its row says what, and the others are measured. */
class SuiteTest {
  private static final String MISS = "One thread: inp, nothing is there";
  private static final Pace BRIEF = new Pace(1, 1, 1, 50, true);

  /** More than the start of a JVM takes. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path directory;

  @BeforeAll
  static void shareTheMachine() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @ParameterizedTest
  @CsvSource({
    "HANGS, 'killed, since no iteration had begun for 10 s'",
    "THROWS, 'java.lang.IllegalStateException: inp failed; caused by java.io.IOException: no such"
        + " disk'",
    "DIES, 'forked VM failed with exit code 7'",
  })
  void aRunThatFailsSaysHow(String fault, String reason) throws IOException {
    Results results = run(directory.resolve("jmh.log"), "faulty:" + fault, "local:");

    Cell failed = cell(results, 0);
    assertTrue(failed.isFailed());
    assertEquals(reason, failed.missing());
    assertTrue(cell(results, 1).isThere());
    assertFalse(results.isComplete());
  }

  @Test
  void aLogThatCannotBeWrittenCostsNoResult() throws IOException {
    Results results = run(Files.createDirectory(directory.resolve("jmh.log")), "local:");

    assertTrue(cell(results, 0).isThere());
    assertTrue(results.isComplete());
  }

  @Test
  void whatIsThereIsShownAfterEachWorkload() throws IOException {
    List<Integer> seen = new ArrayList<>();
    List<Workload> refused =
        Workloads.all(BRIEF).stream()
            .filter(workload -> workload.title().startsWith("Durable push"))
            .toList();
    Results results = new Results(List.of(Candidate.of("local:", "local:", false)));
    new Suite(refused, BRIEF, directory.resolve("jmh.log"), progress(), PATIENCE)
        .run(results, () -> seen.add(results.figures().size()));

    assertEquals(List.of(1, 2, 3, 4, 5), seen);
  }

  private static Results run(Path log, String... uris) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (String uri : uris) {
      candidates.add(Candidate.of(uri, uri, false));
    }
    List<Workload> miss =
        Workloads.all(BRIEF).stream().filter(workload -> workload.title().equals(MISS)).toList();
    Results results = new Results(candidates);
    new Suite(miss, BRIEF, log, progress(), PATIENCE).run(results, () -> {});
    return results;
  }

  private static Progress progress() {
    return new Progress(new PrintWriter(new StringWriter()), System::nanoTime, 1);
  }

  private static Cell cell(Results results, int candidate) {
    Figure figure = results.figures().iterator().next();
    return results.cell(figure, results.candidates().get(candidate));
  }
}
