package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Words are those of wc -w")
final class WordCounterTest {
  @Test
  @DisplayName("Words are what stands between separators, however many of these there are")
  void plainText() {
    assertEquals(0, WordCounter.count(""));
    assertEquals(0, WordCounter.count(" \t\r\f\u000b "));
    assertEquals(1, WordCounter.count("one"));
    assertEquals(3, WordCounter.count("  one\ttwo \t three\r"));
    assertEquals(2, WordCounter.count("- ."));
    assertEquals(4, WordCounter.count("na\u00efve \u4e2d\u6587 \ud83d\ude00 \u0301"));
  }

  @ParameterizedTest
  @DisplayName("These end a word, and are none")
  @ValueSource(
      ints = {
        '\t', '\n', 0x0b, '\f', '\r', ' ', 0xa0, 0x1680, 0x2000, 0x2007, 0x200a, 0x202f, 0x205f,
        0x2060, 0x3000
      })
  void separators(int codePoint) {
    assertEquals(0, alone(codePoint));
    assertEquals(2, betweenLetters(codePoint));
  }

  @ParameterizedTest
  @DisplayName("These are words")
  @ValueSource(
      ints = {
        '!', '~', 0xa1, 0xad, 0xb7, 0x300, 0x180e, 0x200b, 0x200d, 0x200e, 0x2061, 0x4e00, 0xe000,
        0xfeff, 0xfffd, 0x1f600, 0x10fffd
      })
  void wordCharacters(int codePoint) {
    assertEquals(1, alone(codePoint));
    assertEquals(1, betweenLetters(codePoint));
  }

  @ParameterizedTest
  @DisplayName("These are not seen: they are no word, and end none")
  @ValueSource(
      ints = {
        0, 1, 0x08, 0x0e, 0x1b, 0x1c, 0x1f, 0x7f, 0x80, 0x85, 0x9f, 0x2028, 0x2029, 0xd800, 0xdfff,
        0xffff, 0x10ffff
      })
  void invisible(int codePoint) {
    assertEquals(0, alone(codePoint));
    assertEquals(1, betweenLetters(codePoint));
  }

  @Test
  @DisplayName("wc agrees about every code point, but those that are too young for one of the two")
  void everyCodePoint(@TempDir Path folder) throws IOException, InterruptedException {
    Wc.assumeItIsThere(folder);
    int block = 256;
    List<byte[]> texts = new ArrayList<>();
    for (int first = 0; first < 0x20000; first += block) {
      StringBuilder alone = new StringBuilder();
      StringBuilder between = new StringBuilder();
      for (int c = first; c < first + block; c++) {
        int type = Character.getType(c);
        if (type != Character.UNASSIGNED && type != Character.SURROGATE) {
          alone.appendCodePoint(c).append('\n');
          between.append('a').appendCodePoint(c).append("b\n");
        }
      }
      texts.add(alone.toString().getBytes(UTF_8));
      texts.add(between.toString().getBytes(UTF_8));
    }
    List<Long> counts = Wc.count(folder, texts);
    for (int i = 0; i < counts.size(); i++) {
      int first = i / 2 * block;
      long ours = WordCounter.count(new String(texts.get(i), UTF_8));
      long theirs = counts.get(i);
      String where = "the block of U+" + Integer.toHexString(first);
      boolean between = i % 2 == 1;
      if (between || first < 0x300 || first == 0x2000 || first == 0x3000) {
        assertEquals(theirs, ours, where);
      } else {
        assertTrue(theirs <= ours, where + ": wc " + theirs + ", but " + ours);
      }
    }
  }

  private static long alone(int codePoint) {
    return WordCounter.count(Character.toString(codePoint));
  }

  private static long betweenLetters(int codePoint) {
    return WordCounter.count("a" + Character.toString(codePoint) + "b");
  }
}
