package dev.isopace.space.jmh.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves is made to be published: no file of it holds a password. */
class SecretsTest {
  /** With a quote, which JMH escapes in its JSON. */
  private static final String URI = "shared://user:hid\"den@host/{fresh}";

  private static final String SHOWN = "shared://user:***@host/{fresh}";
  private static final String ROW = "One thread: inp, nothing is there";

  @TempDir private Path directory;

  @Test
  void aPasswordInAUriIsInNoFileAndNoLine() throws IOException {
    StringWriter said = new StringWriter();
    PrintWriter both = new PrintWriter(said);
    String[] args = {URI, "--quick", "--rows", ROW, "--report", directory.toString()};

    assertEquals(0, new Bench().run(both, both, args), said.toString());

    assertFalse(said.toString().contains("den@"), said.toString());
    assertTrue(said.toString().contains(SHOWN), said.toString());
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      assertFalse(Files.readString(file).contains("den@"), file + ": " + Files.readString(file));
    }
    assertTrue(Files.readString(directory.resolve("jmh.log")).contains(SHOWN));
    String json = Files.readString(directory.resolve("report.json"));
    assertTrue(json.contains("\"uri\" : \"" + SHOWN + "\""), json);
    assertTrue(json.contains("./space bench '" + SHOWN + "'"), json);
  }
}
