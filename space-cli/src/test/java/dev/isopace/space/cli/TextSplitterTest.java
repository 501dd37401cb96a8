package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Bytes are cut into lines, and long lines into entries")
final class TextSplitterTest {
  private static final int MOST_BYTES = TextSplitter.WINDOW + 4 * TextSplitter.LONGEST_CARRY + 1;

  @Test
  @DisplayName("Lines end at a line feed or at the end of the input; a carriage return stays")
  void lines() throws IOException {
    assertEquals(List.of(), entries(""));
    assertEquals(List.of(""), entries("\n"));
    assertEquals(List.of("a", "", "b\r", "c"), entries("a\n\nb\r\nc"));
    assertEquals(List.of("a"), entries("a\n"));
  }

  @Test
  @DisplayName("It does not matter how many bytes a read gives")
  void smallReads() throws IOException {
    String text = "\u00e9t\u00e9\n\ud83d\ude00 x\n" + "ab \u4e2d".repeat(20_000) + "\nend";
    InputStream oneByOne =
        new FilterInputStream(new ByteArrayInputStream(text.getBytes(UTF_8))) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return super.read(buffer, offset, 1);
          }
        };
    assertEquals(entries(text), entries(oneByOne));
  }

  @Test
  @DisplayName("Bytes that are not UTF-8 are left out, and U+FFFD that was there is kept")
  void malformed() throws IOException {
    assertEquals(
        List.of("a\ufffdb", "\u0000c"),
        entries(bytes("a\u00ff\u00ef\u00bf\u00bdb\u00c3\n\u0000c\u00ed\u00a0\u0080")));
  }

  @Test
  @DisplayName("A long line of short words loses nothing, and each entry of it stays small")
  void longLine() throws IOException {
    for (String word : List.of("word ", "\u00e9\u00e8 ", "\u4e2d\u6587\u3000", "\ud83d\ude00x ")) {
      String line = "x" + word.repeat(60_000);
      List<String> entries = entries(line + "\nnext\n");
      assertTrue(entries.size() > 10, "one line, " + entries.size() + " entries");
      assertEquals(line, entries.get(0) + restsOf(entries.subList(1, entries.size() - 1)));
      assertEquals("next", entries.get(entries.size() - 1));
      assertEquals(2, entries.stream().filter(Entry::beginsLine).count());
      assertEquals(WordCounter.count(line) + 1, words(entries));
    }
  }

  @Test
  @DisplayName("A word of any length counts once, on whatever sides it has others")
  void longWord() throws IOException {
    for (String letter : List.of("x", "\u00e9", "\u4e2d", "\ud83d\ude00", "x\u0000", "\u0000x")) {
      String word = letter.repeat(300_000);
      assertEquals(1, words(entries(word)));
      assertEquals(1, entries(word + "\n").size());
      assertEquals(3, words(entries("a " + word + " b")));
      assertEquals(3, words(entries("a\n" + word + "\nb")));
    }
  }

  @Test
  @DisplayName("What is not seen counts nothing at any length, and joins a word to its other half")
  void longInvisible() throws IOException {
    String nothing = "\u0000".repeat(100_000);
    assertEquals(0, words(entries(nothing)));
    assertEquals(1, entries(nothing).size());
    assertEquals(1, words(entries("a" + nothing + "b")));
    assertEquals(2, words(entries(" " + nothing + "b" + nothing + " c")));
    assertEquals(1, words(entries(" ".repeat(100_000) + "c" + " ".repeat(100_000))));
  }

  @Test
  @DisplayName("A line that is cut at its very end has no empty rest, which would be an end marker")
  void noEmptyRest() throws IOException {
    for (int length = TextSplitter.WINDOW - 3; length < 2 * TextSplitter.WINDOW + 3; length++) {
      List<String> entries = entries("a".repeat(length - 1) + " \nb");
      assertFalse(entries.contains(Entry.END), "length " + length);
      assertEquals(2, words(entries), "length " + length);
      assertEquals(2, entries.stream().filter(Entry::beginsLine).count(), "length " + length);
    }
  }

  @Test
  @DisplayName("No batch costs more than a credit")
  void batches() throws IOException {
    String text = "some words\n".repeat(10_000) + "long ".repeat(100_000) + "\n".repeat(10_000);
    TextSplitter source = new TextSplitter(new ByteArrayInputStream(text.getBytes(UTF_8)));
    int batches = 0;
    for (TextSplitter.Batch b = source.next(); b != null; b = source.next(), batches++) {
      assertTrue(b.cost() <= Credits.CREDIT, "cost " + b.cost());
      assertEquals(b.cost(), b.entries().stream().mapToInt(Credits::cost).sum());
    }
    assertTrue(batches > 20, batches + " batches");
    assertEquals(text.length(), source.bytesRead());
  }

  @Test
  @DisplayName("wc agrees about random bytes, long lines and long words among them")
  void randomBytes(@TempDir Path folder) throws IOException, InterruptedException {
    Wc.assumeItIsThere(folder);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      texts.add(randomText(random));
    }
    List<Long> counts = Wc.count(folder, texts);
    for (int i = 0; i < texts.size(); i++) {
      long ours = words(entries(new ByteArrayInputStream(texts.get(i))));
      assertEquals(counts.get(i), ours, "text " + i + " of seed " + seed);
    }
  }

  private static byte[] randomText(Random random) throws IOException {
    String[] pieces = {
      "a",
      "b",
      " ",
      "\n",
      "\r\n",
      "\t",
      "\u00e9",
      "\u00a0",
      "\u2060",
      "\u3000",
      "\u4e2d",
      "\ud83d\ude00",
      "\u0000",
      "\u0085",
      "\u2028",
      "\ufffd"
    };
    String[] malformed = {"\u00ff", "\u00c3", "\u00e4\u00b8", "\u00ed\u00a0\u0080", "\u0080"};
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = random.nextInt(60); i > 0; i--) {
      byte[] piece =
          random.nextInt(5) == 0
              ? bytes(malformed[random.nextInt(malformed.length)])
              : pieces[random.nextInt(pieces.length)].getBytes(UTF_8);
      int times = random.nextInt(4) == 0 ? random.nextInt(2 * TextSplitter.WINDOW) : 1;
      for (int j = 0; j < times; j++) {
        text.write(piece);
      }
    }
    return text.toByteArray();
  }

  private static String restsOf(List<String> entries) {
    return entries.stream().map(entry -> entry.substring(1)).collect(Collectors.joining());
  }

  private static long words(List<String> entries) {
    return entries.stream().mapToLong(WordCounter::count).sum();
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  private static List<String> entries(String text) throws IOException {
    return entries(text.getBytes(UTF_8));
  }

  private static List<String> entries(byte[] text) throws IOException {
    return entries(new ByteArrayInputStream(text));
  }

  private static List<String> entries(InputStream in) throws IOException {
    TextSplitter source = new TextSplitter(in);
    List<String> entries = new ArrayList<>();
    for (TextSplitter.Batch b = source.next(); b != null; b = source.next()) {
      for (String entry : b.entries()) {
        assertTrue(entry.getBytes(UTF_8).length <= MOST_BYTES, "an entry is too long");
        assertFalse(entry.equals(Entry.END), "an entry is an end marker");
        entries.add(entry);
      }
    }
    return entries;
  }
}
