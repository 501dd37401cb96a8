package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row runs, reports something, and leaves nothing behind. */
class StoreBenchmarkTest {
  @TempDir private Path directory;

  static List<String> rows() {
    return StoreBenchmark.rows().stream().map(Row::name).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aRowReportsWhatItReachedAndLeavesNothing(String row) throws Exception {
    String out = run("--rows", "^" + row + "$");

    assertTrue(out.lines().filter(line -> line.contains("reached")).count() >= 1, out);
    assertFalse(out.contains("NaN"), out);
    assertEquals(List.of(), left());
  }

  @Test
  void aRowThatFailsDoesNotEndTheOthers() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Report report = new Report(new PrintStream(bytes, false, StandardCharsets.UTF_8));
    StoreOptions options = StoreOptions.parse("--dir", directory.toString());
    StoreBenchmark.run(
        new Row(
            "broken",
            (o, w, r) -> {
              throw new TimeoutException("too late");
            }),
        options,
        report);
    StoreBenchmark.run(new Row("sound", (o, w, r) -> r.note("sound", "done")), options, report);

    IllegalStateException failed = assertThrows(IllegalStateException.class, report::summary);
    assertEquals("row broken could not be measured", failed.getMessage());
    String out = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(out.contains("FAILED: java.util.concurrent.TimeoutException: too late"), out);
    assertTrue(out.contains("done"), out);
    assertEquals(List.of(), left());
  }

  @Test
  void theBacklogIsPulledInOrderAndLeavesNothing() throws Exception {
    String out = run("--backlog");

    assertTrue(out.contains("pulled in order"), out);
    assertEquals(List.of(), left());
  }

  private String run(String... choice) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String[] brief = {"--seconds", "0.02", "--rounds", "1", "--scale", "0.001"};
    String[] place = {"--dir", directory.toString()};
    String[] args = Stream.of(choice, brief, place).flatMap(Stream::of).toArray(String[]::new);
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      StoreBenchmark.run(StoreOptions.parse(args), out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
