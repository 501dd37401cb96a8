package dev.isopace.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The bytes codec copies both ways")
class BytesCodecTest {
  private final Codec<byte[]> codec = Codec.bytes();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000})
  @DisplayName("Both ways the result is equal, and never the array that was given")
  void copies(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    byte[] before = bytes.clone();
    assertNotSame(bytes, codec.encode(bytes));
    assertNotSame(bytes, codec.decode(bytes));
    assertArrayEquals(before, codec.encode(bytes));
    assertArrayEquals(before, codec.decode(bytes));
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
