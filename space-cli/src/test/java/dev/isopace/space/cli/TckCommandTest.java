package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
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

  @Test
  @DisplayName("A report that cannot be printed is a failure")
  void outputThatFails() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    Environment environment =
        new Environment(
            InputStream.nullInputStream(), full, false, null, new Interruption(task -> {}));
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(environment)
            .setErr(new PrintWriter(err))
            .execute("tck", "local:", "--rule", "FIFO-1");
    assertEquals(3, exitCode);
    assertEquals("space tck: standard output cannot be written", err.toString().strip());
  }
}
