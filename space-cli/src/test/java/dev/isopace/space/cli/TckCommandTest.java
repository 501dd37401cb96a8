package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("tck runs the conformance suite on any space that the command reaches")
@Tag("witness")
final class TckCommandTest {
  @Test
  @DisplayName("A line for the rule and one for all; exit code 0")
  void conformant(@TempDir Path directory) {
    for (String uri : List.of("local:", "store:" + directory + "/{fresh}")) {
      Run run = Run.of("tck", uri, "--rule", "FIFO-1");
      assertEquals(0, run.exitCode(), run.out());
      List<String> lines = run.out().lines().toList();
      assertEquals("FIFO-1 passed", lines.get(0));
      assertTrue(lines.get(1).startsWith("conformant: 1 rules passed, 0 failed"), lines.get(1));
      assertEquals(2, lines.size(), run.out());
    }
  }

  @Test
  @DisplayName("The options of the suite are the suite's")
  void options(@TempDir Path directory) {
    Path report = directory.resolve("report.json");
    Run run =
        Run.of("tck", "local:", "--rule", "DUR-1", "--seed", "3", "--report", report.toString());
    assertEquals(0, run.exitCode(), run.out());
    assertTrue(run.out().startsWith("DUR-1 skipped: "), run.out());
    assertTrue(run.out().contains("seed 3,"), run.out());
    assertTrue(Files.exists(report));
    assertEquals(2, Run.of("tck", "local:", "--speed").exitCode());
    assertEquals(2, Run.of("tck").exitCode());
  }
}
