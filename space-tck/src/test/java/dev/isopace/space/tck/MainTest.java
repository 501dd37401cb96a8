package dev.isopace.space.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The suite as a command tells by lines and exit code what has come of each rule")
final class MainTest {
  private record Run(int exitCode, List<String> out, String err) {
    static Run of(String... args) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int exitCode =
          Main.run(
              args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false);
      return new Run(exitCode, out.toString(UTF_8).lines().toList(), err.toString(UTF_8));
    }

    void requireRefused(String because) {
      assertEquals(2, exitCode, err);
      assertEquals(List.of(), out);
      assertTrue(err.startsWith("tck: ") && err.contains(because), err);
    }
  }

  @Test
  @DisplayName("A rule that is kept: passed, conformant, 0")
  void passed() {
    Run run = Run.of("sound:", "--rule", "FIFO-1", "--seed", "42");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("FIFO-1 passed", run.out().get(0));
    assertTrue(
        run.out()
            .get(1)
            .startsWith(
                "conformant: 1 rules passed, 0 failed, 0 skipped; seed 42, capabilities [], "),
        run.out().get(1));
    assertEquals(2, run.out().size());
    assertEquals("", run.err());
  }

  @Test
  @DisplayName("What is configured for the tests of whoever runs the suite does not concern it")
  void configuration() {
    String timeout = "junit.jupiter.execution.timeout.testable.method.default";
    System.setProperty(timeout, "1 ns");
    try {
      assertEquals(0, Run.of("sound:", "--rule", "FIFO-1").exitCode());
    } finally {
      System.clearProperty(timeout);
    }
  }

  @Test
  @DisplayName("A rule that is broken: FAILED and what was seen, not conformant, 1")
  void failed() {
    Run run = Run.of("broken:LIFO", "--rule", "FIFO-1", "--seed", "42");
    assertEquals(1, run.exitCode(), run.err());
    String line = run.out().get(0);
    assertTrue(line.startsWith("FIFO-1 FAILED: "), line);
    assertTrue(
        line.contains(
            "entries leave in the order in which they were written: entry number 0, taken by inp"),
        line);
    assertTrue(run.out().get(1).startsWith("NOT conformant: 0 rules passed, 1 failed, "));
    assertTrue(run.err().contains("to repeat: URI broken:LIFO, seed 42"), run.err());
  }

  @Test
  @DisplayName("A rule of a capability that is not declared: skipped, why, conformant, 0")
  void skipped() {
    Run run = Run.of("sound:", "--rule", "DUR-2");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("DUR-2 skipped: the space does not declare DURABLE", run.out().get(0));
  }

  @Test
  @DisplayName("Of a rule that was tested in part only, standard error says what was not, and why")
  void skippedInPart() {
    Run run = Run.of("sound:", "--rule", "CLS-1", "--load", "0.05");
    assertEquals("CLS-1 passed", run.out().get(0), run.err());
    assertTrue(
        run.err().matches("(?s)CLS-1: [1-9][0-9]* of its [0-9]+ tests skipped: .*"), run.err());
  }

  @Test
  @DisplayName("How much was looked at is told")
  void counts() {
    Run run = Run.of("sound:", "--rule", "FIFO-2", "--load", "0.05");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out().get(1).matches(".*; histories checked: [1-9][0-9]*, .*"), run.out().get(1));
  }

  @Test
  @DisplayName("The report holds rules, tests, results and messages")
  void report(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("report.json");
    Run run = Run.of("broken:LIFO", "--rule", "FIFO-1", "--seed", "7", "--report", file.toString());
    assertEquals(1, run.exitCode(), run.err());
    String json = Files.readString(file);
    for (String part :
        List.of(
            "\"uri\": \"broken:LIFO\"",
            "\"conformant\": false",
            "\"seed\": 7",
            "\"id\": \"FIFO-1\"",
            "\"result\": \"failed\"",
            "expected: <Optional[e0]> but was: ")) {
      assertTrue(json.contains(part), part + " in " + json);
    }
  }

  @Test
  @DisplayName("That a report has no place is told before the run: 2")
  void reportWithoutPlace(@TempDir Path directory) {
    Path file = directory.resolve("missing").resolve("report.json");
    Run.of("sound:", "--rule", "FIFO-1", "--report", file.toString())
        .requireRefused("the report cannot be written to '" + file + "'");
  }

  @Test
  @DisplayName(
      "The report tells the versions of the suite and of the backend, also of bare classes")
  void versions(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("report.json");
    Run run = Run.of("sound:", "--rule", "SPI-2", "--report", file.toString());
    assertEquals(0, run.exitCode(), run.err());
    String json = Files.readString(file);
    String version = Versions.of(Main.class);
    assertTrue(version.matches("[0-9]+\\.[0-9]+\\.[0-9]+.*"), version);
    assertTrue(json.contains("\"suite\": \"" + version + "\""), json);
    assertTrue(json.contains("broken.SoundProvider " + version + "\""), json);
  }

  @Test
  @DisplayName("A project has a version of its own, or that of its parent")
  void versionsOfProjects() {
    String dependency =
        "<dependencies><dependency><version>9</version></dependency></dependencies>";
    String parent = "<parent><version>1.2</version></parent>";
    assertEquals("1.2", Versions.ofProject("<project>" + parent + dependency + "</project>"));
    assertEquals("3", Versions.ofProject("<project>" + parent + "<version>3</version></project>"));
    assertEquals("unknown", Versions.ofProject("<project>" + dependency + "</project>"));
  }

  @Test
  @DisplayName("The lines come in the order of the contract")
  void order() {
    Run run = Run.of("broken:LIFO", "--seed", "42", "--load", "0.02", "--scale", "0.3");
    List<String> rules =
        run.out().stream()
            .filter(line -> line.matches("[A-Z]+-[0-9]+ .*"))
            .map(line -> line.replaceFirst(" .*", ""))
            .toList();
    assertEquals("FIFO-1", rules.get(0));
    assertEquals("SPI-4", rules.get(rules.size() - 1));
    assertEquals(rules.stream().sorted(Verdicts::compareRules).toList(), rules);
  }

  @Test
  @DisplayName("Strings of the report are strings of JSON")
  void strings() {
    assertEquals("\"a\\\"b\\\\c\\n\\u0001\\ud83dé\"", JsonText.of("a\"b\\c\n\u0001\ud83d\u00e9"));
  }

  @Test
  @DisplayName("What cannot be run: a line that says why, 2")
  void refused(@TempDir Path directory) {
    Run.of().requireRefused("there is no URI; usage: ");
    Run.of("sound:", "sound:").requireRefused("second URI");
    Run.of("no uri").requireRefused("no uri");
    Run.of("nowhere:").requireRefused("no provider of scheme 'nowhere'");
    Run.of("sound:", "--speed").requireRefused("unknown option '--speed'");
    Run.of("sound:", "--seed").requireRefused("option --seed has no value");
    Run.of("sound:", "--seed", "x").requireRefused("'x', which is no whole number");
    Run.of("sound:", "--scale", "0").requireRefused("'0', but must be more than 0");
    Run.of("sound:", "--rule", "FIFO-9")
        .requireRefused("there is no rule 'FIFO-9'; there are: FIFO-1 FIFO-2");
    Run.of("plainstore:" + directory).requireRefused("put {fresh} where a new name");
  }

  @Test
  @DisplayName("A provider that never tells the capabilities does not hold the command up")
  void silentProvider() {
    SpaceProvider silent =
        new SpaceProvider() {
          @Override
          public String scheme() {
            return "silent";
          }

          @Override
          public Set<Capability> capabilities(SpaceUri uri) {
            LockSupport.parkNanos(Long.MAX_VALUE);
            return Set.of();
          }

          @Override
          public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
            throw new UnsupportedOperationException("it is never opened");
          }
        };
    SpaceUri uri = SpaceUri.parse("silent:");
    Exception refused =
        assertThrows(Exception.class, () -> Main.declared(silent, uri, Duration.ofMillis(50)));
    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith("'silent:' cannot be used: within 50 ms, its provider has not told what"),
        refused.toString());
  }
}
