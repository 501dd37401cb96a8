package dev.isopace.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The UTF-8 codec loses nothing: what it cannot express it refuses")
class Utf8CodecTest {
  private final Codec<String> codec = Codec.utf8();

  @Test
  @DisplayName("Every code point of every plane comes back")
  void everyCodePoint() {
    StringBuilder all = new StringBuilder();
    for (int plane = 0; plane <= 16; plane++) {
      all.setLength(0);
      for (int c = plane << 16; c < (plane + 1) << 16; c++) {
        if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
          all.appendCodePoint(c);
        }
      }
      String text = all.toString();
      byte[] bytes = codec.encode(text);
      assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), bytes);
      assertEquals(text, codec.decode(bytes));
    }
  }

  @Test
  @DisplayName("The empty string is no bytes")
  void empty() {
    assertArrayEquals(new byte[0], codec.encode(""));
    assertEquals("", codec.decode(new byte[0]));
  }

  @Test
  @DisplayName("The substitute character itself is a character like any other")
  void substituteCharacter() {
    assertEquals("a\ufffdb", codec.decode(codec.encode("a\ufffdb")));
  }

  @ParameterizedTest
  @CsvSource({
    "\ud800,D800,0",
    "\udfff,DFFF,0",
    "\ud800ab,D800,0",
    "a\udc00b,DC00,1",
    "ab\udbff,DBFF,2",
    "\ud83d\ude00\ud83d,D83D,2",
    "\ude00\ud83d,DE00,0",
    "\ud83d\ud83d\ude00,D83D,0"
  })
  @DisplayName("An unpaired surrogate is refused, wherever it stands")
  void unpairedSurrogate(String value, String code, int index) {
    assertEquals(
        "value holds an unpaired surrogate, U+"
            + code
            + " at index "
            + index
            + "; it must be valid Unicode",
        assertThrows(IllegalArgumentException.class, () -> codec.encode(value)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "80,0,1",
    "6180,1,2",
    "ff,0,1",
    "c0af,0,2",
    "c1bf,0,2",
    "e080af,0,3",
    "f08080af,0,4",
    "eda080,0,3",
    "edbfbf,0,3",
    "f4908080,0,4",
    "f888808080,0,5",
    "61c3,1,2",
    "61e282,1,3",
    "f09f98,0,3",
    "efbfbd80,3,4",
    "c328,0,2"
  })
  @DisplayName("Bytes that are not the shortest form of a code point are refused, with their place")
  void invalidBytes(String hex, int at, int length) {
    assertEquals(
        "value is not valid UTF-8: malformed at byte " + at + " of " + length,
        assertThrows(
                IllegalArgumentException.class, () -> codec.decode(HexFormat.of().parseHex(hex)))
            .getMessage());
  }

  @Test
  @DisplayName("A null argument is named")
  void nulls() {
    assertEquals(
        "value", assertThrows(NullPointerException.class, () -> codec.encode(null)).getMessage());
    assertEquals(
        "bytes", assertThrows(NullPointerException.class, () -> codec.decode(null)).getMessage());
  }
}
