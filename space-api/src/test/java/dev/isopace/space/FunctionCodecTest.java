package dev.isopace.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A codec made of two functions calls them and nothing else")
class FunctionCodecTest {
  @Test
  @DisplayName("Each direction is one function, whose result and exception are passed on")
  void passesOn() {
    byte[] encoded = {7};
    IllegalStateException failure = new IllegalStateException("boom");
    Codec<Integer> codec =
        Codec.of(
            value -> {
              if (value < 0) {
                throw failure;
              }
              return encoded;
            },
            bytes -> (int) bytes[0]);
    assertSame(encoded, codec.encode(1));
    assertEquals(7, codec.decode(encoded));
    assertSame(failure, assertThrows(IllegalStateException.class, () -> codec.encode(-1)));
  }

  @Test
  @DisplayName("A null function is named")
  void nulls() {
    assertEquals(
        "encode",
        assertThrows(NullPointerException.class, () -> Codec.of(null, bytes -> bytes))
            .getMessage());
    assertEquals(
        "decode",
        assertThrows(NullPointerException.class, () -> Codec.<byte[]>of(value -> value, null))
            .getMessage());
  }
}
