package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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

  @Test
  void alsoWhereAsManyKeysAsExpectedAreOthers() {
    assertEquals(
        "keys: not those expected; missing: ['a' of 1 chars]; surplus: ['b' of 1 chars]",
        failureOf(() -> Rules.requireKeys(Set.of("a", "c"), Set.of("b", "c"), "keys")));
    assertEquals(
        "keys: 1 instead of 2; missing: ['a' of 1 chars]; surplus: []",
        failureOf(() -> Rules.requireKeys(Set.of("a", "c"), Set.of("c"), "keys")));
  }

  @Test
  void alsoWhereOneIsNotListed() {
    assertEquals(
        "keys: 'a' of 1 chars holds an entry, and is not listed; the 1 that are: ['b' of 1 chars]",
        failureOf(() -> Rules.requireListed("a", Set.of("b"), "keys")));
  }

  private static @Nullable String failureOf(Executable requirement) {
    return assertThrows(AssertionError.class, requirement).getMessage();
  }
}
