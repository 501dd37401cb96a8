package dev.isopace.space.jmh.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be measured is refused in one line, before anything is. */
class BenchTest {
  @ParameterizedTest
  @CsvSource({
    "--speed, unknown option '--speed'",
    "nowhere:, nowhere",
    "local:?copi=true, copi",
    "shared:backlog, put {fresh} into its name",
    "--rows=x, unknown option",
    "--report, --report needs a value",
    "--peers, there are no peers on the class path",
  })
  void whatCannotBeMeasuredIsRefusedInOneLine(String argument, String message) {
    assertRefused(message, argument);
  }

  @Test
  void aSpaceIsNamedOnce() {
    assertRefused("'local:' is named twice", "local:", "local:");
  }

  @Test
  void aDocumentThatIsNotThereIsNotMeasuredFor() {
    assertRefused("performance.md' to be renewed", "--docs", "no-such-directory");
  }

  private static void assertRefused(String message, String... args) {
    StringWriter err = new StringWriter();
    int exitCode = new Bench().run(new PrintWriter(new StringWriter()), new PrintWriter(err), args);

    assertEquals(2, exitCode, err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().startsWith("space bench: "), err.toString());
    assertTrue(err.toString().contains(message), err.toString());
  }

  @Test
  void allWorkloadsCanBeListed() {
    StringWriter out = new StringWriter();
    int exitCode =
        new Bench().run(new PrintWriter(out), new PrintWriter(new StringWriter()), "--list");

    assertEquals(0, exitCode);
    assertEquals(Workloads.all(Pace.FULL).size(), out.toString().lines().count());
  }
}
