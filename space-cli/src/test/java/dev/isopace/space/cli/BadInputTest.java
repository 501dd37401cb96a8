package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Bad input is answered by one line on standard error and exit code 2")
final class BadInputTest {
  @TempDir private Path folder;

  @Test
  @DisplayName("No such file, a folder, and nothing to count")
  void files() {
    Path missing = folder.resolve("missing.txt");
    assertBad("space demo: '" + missing + "' does not exist", "--input", missing.toString());
    assertBad("space demo: '' is a directory; give a file", "--input", "");
    assertBad(
        "space demo: '" + folder + "' is a directory; give a file", "--input", folder.toString());
    assertBad("space demo: there is no README.md to count; give --input FILE");
    assertBad("space demo: '@args' does not exist", "--input", "@args");
  }

  @Test
  @DisplayName("A file that may not be read")
  void unreadable() throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "x");
    assumeTrue(file.toFile().setReadable(false) && !Files.isReadable(file), "all may read here");
    assertBad(
        "space demo: '" + file + "' cannot be read: permission denied", "--input", file.toString());
  }

  @Test
  @DisplayName("A URI that is malformed, or that no provider takes")
  void uris() {
    assertBad(
        "space demo: opening 'nowhere:': no provider has the scheme 'nowhere'; schemes found:"
            + " flaky, kept, local, nats, store",
        "--input=-",
        "--uri=nowhere:");
    assertBad(
        "space demo: 'nats:x' names no server or no space; write nats://host:4222/name",
        "--input=-",
        "--uri=nats:x");
    assertBad(
        "space demo: 'local' has no scheme; a space URI is scheme:target?name=value&name=value, for"
            + " instance local:",
        "--input=-",
        "--uri=local");
    assertBad(
        "space demo: 'local:?copies=true' has an unknown parameter, 'copies'; 'local:' takes: copy"
            + " (true runs every value through the codec; false, the default, passes references)",
        "--input=-",
        "--uri=local:?copies=true");
    assertBad(
        "space demo: 'local:?copy=yes': parameter 'copy' is 'yes', but must be true or false;"
            + " 'local:' takes: copy (true runs every value through the codec; false, the default,"
            + " passes references)",
        "--input=-",
        "--uri=local:?copy=yes");
  }

  @Test
  @DisplayName("A space that cannot be opened is no bad input: exit code 3")
  void failureToOpen() {
    Run run = Run.of("demo", "--input=-", "--uri=flaky:?fail=open");
    assertEquals(
        "space demo: opening 'flaky:': out of order in two lines" + System.lineSeparator(),
        run.err());
    assertEquals(3, run.exitCode());
  }

  @ParameterizedTest
  @DisplayName("A number of threads that is none")
  @ValueSource(strings = {"0", "-1", "x", "1.5", "+1", "1001", "99999999999", "", " 1", "\u0661"})
  void numbers(String number) {
    for (String option : new String[] {"--producers", "--consumers"}) {
      assertBad(
          "space demo: Invalid value for option '"
              + option
              + "': '"
              + number
              + "' is not a whole number from 1 to 1000",
          "--input=-",
          option + "=" + number);
    }
  }

  @ParameterizedTest
  @DisplayName("Options and commands that there are not")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "demo --frobnicate | space demo: Unknown option: '--frobnicate'",
        "demo -x | space demo: Unknown option: '-x'",
        "demo --input | space demo: Missing required parameter for option '--input' (FILE)",
        "demo --uri | space demo: Missing required parameter for option '--uri' (URI)",
        "demo --input=- --input=- | space demo: option '--input' (FILE) should be specified only"
            + " once",
        "demo README.md | space demo: unexpected argument 'README.md'",
        "frobnicate | space: unknown command 'frobnicate'; there is: demo, out, in, rd,"
            + " inp, rdp, len, keys, store, tck, bench",
        "--frobnicate | space: Unknown option: '--frobnicate'",
      })
  void syntax(String line, String message) {
    Run run = Run.of(line.strip().split(" ", -1));
    assertEquals(message + System.lineSeparator(), run.err());
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
  }

  @ParameterizedTest
  @DisplayName("A password in a URI that stands where none should is in no message")
  @CsvSource(
      delimiter = '|',
      value = {
        "nats://user:hidden@host/x | unknown command 'nats://user:***@host/x'; there is: demo,",
        "keys local: nats://user:hidden@host/x | unexpected argument 'nats://user:***@host/x'",
        "keys local: nats://user:hidden%zz@host/x | unexpected argument '***'",
        "keys local: hidden@host/x | unexpected argument '***'",
        "keys local: --uri=nats://user:hidden@host/x | Unknown option: '--uri'",
      })
  void secrets(String line, String message) {
    Run run = Run.of(line.split(" ", -1));
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("hidden"), run.err());
    assertEquals(2, run.exitCode());
  }

  @Test
  @DisplayName("Asked for help, or for nothing, it helps; asked for its version, it tells")
  void help() {
    for (String[] line : new String[][] {{}, {"--help"}}) {
      Run run = Run.of(line);
      assertEquals(0, run.exitCode());
      assertEquals("", run.err());
      assertTrue(run.out().contains("Counts the words of a text through a space."), run.out());
    }
    assertTrue(Run.of("demo", "--help").out().contains("--producers=N"));
    for (Run run : new Run[] {Run.of("--version"), Run.of("demo", "--version")}) {
      assertTrue(run.out().matches("space [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\\R"), run.out());
    }
  }

  private static void assertBad(String line, String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "demo";
    System.arraycopy(options, 0, args, 1, options.length);
    Run run = Run.of(args);
    assertEquals(line + System.lineSeparator(), run.err());
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
  }
}
