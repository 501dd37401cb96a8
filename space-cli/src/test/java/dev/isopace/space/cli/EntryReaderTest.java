package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Lines are cut exactly, or refused")
final class EntryReaderTest {
  @Test
  @DisplayName("A line ends at a line feed or at the end of the input; a carriage return stays")
  void lines() throws CommandException {
    assertEquals(List.of(), lines(""));
    assertEquals(List.of(""), lines("\n"));
    assertEquals(List.of("a", "", "b\r", "c"), lines("a\n\nb\r\nc"));
    assertEquals(List.of("a"), lines("a\n"));
    assertEquals(List.of("a\0b"), lines("a\0b\n"));
    assertEquals(List.of("\ufeffa\ufffd"), lines("\ufeffa\ufffd"));
  }

  @Test
  @DisplayName("With NUL for a separator a line feed is like any other character")
  void nul() throws CommandException {
    assertEquals(List.of("a\nb", "", "c\n"), read(in("a\nb\0\0c\n"), '\0'));
  }

  @Test
  @DisplayName("Of any text, cut by any reads, the lines are those between the line feeds")
  void anyText() throws CommandException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] pieces = {"a", "\u00e9", "\ud83d\ude00", "\n", "\n\n", "\r\n", "x".repeat(70_000)};
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(12); j > 0; j--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      List<String> expected = new ArrayList<>(List.of(text.toString().split("\n", -1)));
      // Behind the last line feed there is no line, unless there is something.
      if (expected.get(expected.size() - 1).isEmpty()) {
        expected.remove(expected.size() - 1);
      }
      int most = 1 + random.nextInt(100_000);
      InputStream reads =
          new FilterInputStream(in(text.toString())) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
              return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(most)));
            }
          };
      assertEquals(expected, read(reads, '\n'), "text " + i + " of seed " + seed);
    }
  }

  @ParameterizedTest
  @DisplayName("What is not UTF-8 is refused, by line and byte")
  @CsvSource({
    "'\u00ff', 1, 1",
    "'a\nbc\u00c3\nd', 2, 3",
    "'a\n\n\u00ed\u00a0\u0080', 3, 1",
    "'\u00c3\u00a9\u00c3', 1, 3",
    "'\u00c0\u0080', 1, 1",
  })
  void malformed(String latin1, int line, int at) {
    InputStream in = new ByteArrayInputStream(latin1.getBytes(ISO_8859_1));
    CommandException refused = assertThrows(CommandException.class, () -> read(in, '\n'));
    assertEquals(
        "some text, line " + line + " is not valid UTF-8: malformed at byte " + at + " of it",
        refused.getMessage());
    assertEquals(2, refused.exitCode());
  }

  @Test
  @DisplayName("A line that never ends is refused before it takes all memory")
  void endless() {
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            return length;
          }
        };
    EntryReader lines =
        new EntryReader(new Input("some text", zeros, 0), Separator.LINE_FEED, 1 << 20);
    CommandException refused = assertThrows(CommandException.class, lines::next);
    assertEquals(
        "some text, line 1 has more than 1048576 bytes, the limit for an entry",
        refused.getMessage());
  }

  @ParameterizedTest
  @DisplayName("A line of the largest size is taken, one that is a byte longer is not")
  @ValueSource(strings = {"", "\n", "\nx"})
  void largest(String rest) throws CommandException {
    int longest = 100_000;
    String largest = "x".repeat(longest);
    EntryReader taken =
        new EntryReader(
            new Input("some text", in(largest + rest), 0), Separator.LINE_FEED, longest);
    assertEquals(largest, new String(taken.next(), UTF_8));

    EntryReader refused =
        new EntryReader(
            new Input("some text", in(largest + "x" + rest), 0), Separator.LINE_FEED, longest);
    assertThrows(CommandException.class, refused::next);
  }

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  private static List<String> lines(String text) throws CommandException {
    return read(in(text), '\n');
  }

  private static List<String> read(InputStream in, char separator) throws CommandException {
    EntryReader lines = new EntryReader(new Input("some text", in, 0), (byte) separator);
    List<String> read = new ArrayList<>();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      read.add(new String(line, UTF_8));
    }
    return read;
  }
}
