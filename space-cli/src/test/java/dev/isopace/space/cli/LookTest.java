package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("rd, inp, rdp, len and keys are the operations of a space, for scripts")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LookTest {
  private final String name = UUID.randomUUID().toString();
  private final String uri = "kept:" + name;
  private final Space<byte[]> space = KeptProvider.kept(name);

  @Test
  @DisplayName("rd and rdp print the oldest entry and leave it; inp takes it")
  void entries() {
    put("k", "a\nb", "c");
    for (String command : List.of("rd", "rdp")) {
      assertEquals(new Run(0, "a\nb\n", ""), Run.of(command, uri, "k"));
      assertEquals(new Run(0, "a\nb\0", ""), Run.of(command, "-0", uri, "k"));
    }
    assertEquals(new Run(0, "a\nb\n", ""), Run.of("rd", uri, "k", "--timeout", "1h"));
    assertEquals(new Run(0, "2\n", ""), Run.of("len", uri, "k"));
    assertEquals(new Run(0, "a\nb\0", ""), Run.of("inp", uri, "k", "--null"));
    assertEquals(new Run(0, "c\n", ""), Run.of("inp", uri, "k"));
    assertEquals(new Run(0, "0\n", ""), Run.of("len", uri, "k"));
  }

  @Test
  @DisplayName("No entry is exit code 1, and nothing is printed")
  void none() {
    for (String[] line :
        new String[][] {
          {"rd", uri, "k", "--timeout", "1ms"}, {"inp", uri, "k"}, {"rdp", uri, "k"}
        }) {
      assertEquals(new Run(1, "", ""), Run.of(line));
    }
  }

  @Test
  @DisplayName("rd waits for an entry")
  void waits() throws Exception {
    Background rd =
        new Background(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), "rd", uri, "k");
    while (rd.thread().getState() != Thread.State.WAITING && rd.thread().isAlive()) {
      Thread.onSpinWait();
    }
    put("k", "late");
    assertEquals(0, rd.exitCode());
    assertEquals(1, space.len("k"));
  }

  @Test
  @DisplayName("keys are sorted by their bytes, and one a line, whatever is in them")
  void keys() {
    assertEquals(new Run(0, "", ""), Run.of("keys", uri));
    for (String key :
        List.of(
            "b", "a", "\ud83d\ude00", "\uffee", "", "c\nd", "c\\nd", "\t\r\u001b\u0085\u2028")) {
      put(key, "v");
    }
    assertEquals(
        new Run(
            0,
            """

            \\t\\r\\u001b\\u0085\\u2028
            a
            b
            c\\nd
            c\\\\nd
            \uffee
            \ud83d\ude00
            """,
            ""),
        Run.of("keys", uri));
    assertEquals(
        new Run(0, "\0\t\r\u001b\u0085\u2028\0a\0b\0c\nd\0c\\nd\0\uffee\0\ud83d\ude00\0", ""),
        Run.of("keys", "-0", uri));
  }

  @Test
  @DisplayName("A failure of the space is one line and exit code 3")
  void failure() {
    put("k", "v");
    for (String command : List.of("rd", "inp", "rdp", "len")) {
      assertEquals(
          new Run(
              3,
              "",
              "space "
                  + command
                  + ": "
                  + command
                  + "(\"k\"): the disk is on fire"
                  + System.lineSeparator()),
          Run.of(command, uri + "?fail=" + command, "k"));
    }
    assertEquals(3, Run.of("keys", uri + "?fail=keys").exitCode());
    for (String command : List.of("in", "rd", "inp", "rdp", "len")) {
      assertEquals(
          new Run(
              3,
              "",
              "space "
                  + command
                  + ": opening 'flaky:': out of order in two lines"
                  + System.lineSeparator()),
          Run.of(command, "flaky:?fail=open", "k"));
    }
  }

  @Test
  @DisplayName("Output that cannot be written is exit code 3")
  void brokenOutput() throws Exception {
    put("k", "v");
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    for (String[] line :
        new String[][] {{"rd", uri, "k"}, {"rdp", uri, "k"}, {"len", uri, "k"}, {"keys", uri}}) {
      Background run = new Background(InputStream.nullInputStream(), broken, line);
      assertEquals(3, run.exitCode());
      assertEquals(
          "space "
              + line[0]
              + ": standard output cannot be written: Broken pipe"
              + System.lineSeparator(),
          run.err());
    }
    assertEquals(1, space.len("k"));
  }

  @Test
  @DisplayName("A store that is not there is refused, and not made, by all that would find nothing")
  void noStore(@TempDir Path folder) throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path missing = folder.resolve("missing");
    for (String[] line :
        new String[][] {
          {"in", "k"},
          {"in", "k", "--follow"},
          {"in", "k", "--all"},
          {"rd", "k"},
          {"inp", "k"},
          {"rdp", "k"},
          {"len", "k"},
          {"keys"}
        }) {
      List<String> words = new ArrayList<>(List.of(line));
      words.add(1, "store:" + missing);
      assertBad(line[0] + ": '" + missing + "' does not exist", words.toArray(String[]::new));
      words.set(1, "store:" + empty + "?sync=never");
      assertBad(
          line[0] + ": '" + empty + "' holds no store: no segment of a log, and no index",
          words.toArray(String[]::new));
    }
    assertTrue(Files.notExists(missing));
    try (Stream<Path> files = Files.list(empty)) {
      assertEquals(List.of(), files.toList());
    }
    assertBad(
        "len: 'store:' names no directory; write store:/path/of/a/directory", "len", "store:", "k");

    assertEquals(new Run(0, "", ""), Run.of("out", "store:" + missing, "k", "v"));
    assertEquals(new Run(0, "1\n", ""), Run.of("len", "store:" + missing, "k"));
  }

  @Test
  @DisplayName("Bad usage is exit code 2")
  void usage() {
    for (String command : List.of("in", "rd", "inp", "rdp", "len")) {
      assertBad(command + ": Missing required parameters: 'URI', 'KEY'", command);
      assertBad(
          command
              + ": 'local:?x=1' has an unknown parameter, 'x'; 'local:' takes: copy (true runs"
              + " every value through the codec; false, the default, passes references)",
          command,
          "local:?x=1",
          "k");
      assertBad(command + ": unexpected argument 'more'", command, uri, "k", "more");
    }
    assertBad("keys: Missing required parameter: 'URI'", "keys");
    assertBad("keys: unexpected argument 'k'", "keys", uri, "k");
    assertBad("len: unexpected argument '-0'", "len", uri, "k", "-0");
    assertBad(
        "rd: Invalid value for option '--timeout': 'x' is not a duration, for instance 5s (ns, us,"
            + " ms, s, m, h, d)",
        "rd",
        uri,
        "k",
        "--timeout=x");
  }

  private static void assertBad(String message, String... line) {
    assertEquals(new Run(2, "", "space " + message + System.lineSeparator()), Run.of(line));
  }

  private void put(String key, String... values) {
    for (String value : values) {
      space.out(key, value.getBytes(UTF_8));
    }
  }
}
