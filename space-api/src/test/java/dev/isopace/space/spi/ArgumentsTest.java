package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Keys and sizes are checked with one wording for all backends")
class ArgumentsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\u0000",
        "~",
        "\u007f",
        "\u0080",
        "\u07ff",
        "\u0800",
        "\ud7ff",
        "\ue000",
        "\uffff",
        "\ud800\udc00",
        "\udbff\udfff",
        "a\u00e4\u20ac\ud83d\ude00z"
      })
  @DisplayName("The length of a text is that of its UTF-8 form")
  void length(String text) {
    assertEquals(text.getBytes(StandardCharsets.UTF_8).length, Arguments.utf8Length("text", text));
  }

  @ParameterizedTest
  @CsvSource({"x,1", "\u00e4,2", "\u20ac,3", "\ud83d\ude00,4"})
  @DisplayName("A key of exactly the limit is taken, one byte more is not, whatever its characters")
  void limit(String character, int bytes) {
    String longest = character.repeat(512 / bytes) + "x".repeat(512 % bytes);
    assertSame(longest, Arguments.requireKey(longest, 512));
    String tooLong = longest + "x";
    assertEquals(
        "key has 513 bytes of UTF-8, the limit is 512: " + Arguments.show(tooLong),
        assertThrows(IllegalArgumentException.class, () -> Arguments.requireKey(tooLong, 512))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "\ud800,D800,0",
    "\udc00,DC00,0",
    "ab\udbff,DBFF,2",
    "ab\udfff,DFFF,2",
    "\ud800x,D800,0",
    "\ud800\ud800\udc00,D800,0",
    "\ud800\udc00\udc00,DC00,2",
    "\udc00\ud800,DC00,0"
  })
  @DisplayName("An unpaired surrogate is refused, with its place")
  void unpairedSurrogate(String key, String code, int index) {
    assertEquals(
        "key holds an unpaired surrogate, U+"
            + code
            + " at index "
            + index
            + "; it must be valid Unicode",
        assertThrows(IllegalArgumentException.class, () -> Arguments.requireKey(key, 512))
            .getMessage());
  }

  @Test
  @DisplayName("Messages have the same digits in every locale")
  void digitsOfTheMessage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertEquals(
          "key holds an unpaired surrogate, U+D800 at index 1; it must be valid Unicode",
          assertThrows(IllegalArgumentException.class, () -> Arguments.requireKey("x\ud800", 512))
              .getMessage());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  @DisplayName("A null key is named")
  void nullKey() {
    assertEquals(
        "key",
        assertThrows(NullPointerException.class, () -> Arguments.requireKey(null, 512))
            .getMessage());
  }

  @Test
  @DisplayName("A value of exactly the limit is taken; of a larger one size and limit are stated")
  void size() {
    assertDoesNotThrow(() -> Arguments.requireSize(524_288, 524_288));
    assertEquals(
        "value has 524289 bytes encoded, the limit is 524288",
        assertThrows(IllegalArgumentException.class, () -> Arguments.requireSize(524_289, 524_288))
            .getMessage());
  }

  @Test
  @DisplayName("A call is named by operation and key, where it has one")
  void call() {
    assertEquals("in(\"k\\u000a\")", Arguments.call("in", "k\n"));
    assertEquals("keys", Arguments.call("keys", null));
  }

  @Test
  @DisplayName("A key is shown in quotes, with control characters and line separators escaped")
  void shown() {
    assertEquals("''", Arguments.show(""));
    assertEquals("'jobs.\u00e4 \ud83d\ude00'", Arguments.show("jobs.\u00e4 \ud83d\ude00"));
    assertEquals(
        "'\\u0000\\u000a\\u000d\\u001b\\u007f\\u0085\\u2028\\u2029'",
        Arguments.show("\u0000\n\r\u001b\u007f\u0085\u2028\u2029"));
  }

  @Test
  @DisplayName("A key of up to 64 characters is shown whole; a longer one is cut")
  void cut() {
    assertEquals("'" + "x".repeat(64) + "'", Arguments.show("x".repeat(64)));
    assertEquals("'" + "x".repeat(64) + "'…", Arguments.show("x".repeat(65)));
  }

  @Test
  @DisplayName("A cut never splits a surrogate pair")
  void cutAtPair() {
    String pair = "\ud83d\ude00";
    assertEquals("'" + "x".repeat(63) + pair + "'…", Arguments.show("x".repeat(63) + pair + "y"));
    assertEquals("'" + "x".repeat(63) + pair + "'", Arguments.show("x".repeat(63) + pair));
    assertEquals("'" + "x".repeat(62) + pair + "'…", Arguments.show("x".repeat(62) + pair + "y"));
  }
}
