package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A key is printed so that one sees where it differs from others like it")
class ShownTest {
  @Test
  void alsoIfItIsLong() {
    String half = "a".repeat(256);
    assertEquals("'a{512}' of 512 chars", Rules.shown(half + half));
    assertEquals("'a{511}b' of 512 chars", Rules.shown((half + half).substring(1) + "b"));
    assertEquals("'a{256}ba{255}' of 512 chars", Rules.shown(half + "b" + half.substring(1)));
  }

  @Test
  void alsoIfItCannotBeSeen() {
    assertEquals("'a\\u{20}\\u{0}\\u{1f680}' of 5 chars", Rules.shown("a \0\uD83D\uDE80"));
  }

  @Test
  void andNoMoreThanOneCanRead() {
    assertEquals("'abababababababababab' of 200 chars", Rules.shown("ab".repeat(100)));
  }
}
