package dev.isopace.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A take in doubt gives away the encoded value where it is known")
class IndeterminateExceptionTest {
  private final Exception cause = new Exception("lost");

  @Test
  @DisplayName("Where the value is not known, the payload is empty")
  void unknown() {
    assertEquals(Optional.empty(), new IndeterminateException("m").payload());
    IndeterminateException withCause = new IndeterminateException("m", cause);
    assertEquals(Optional.empty(), withCause.payload());
    assertEquals("m", withCause.getMessage());
    assertSame(cause, withCause.getCause());
  }

  @Test
  @DisplayName("The payload is copied on its way in and out, so that nobody changes it")
  void copied() {
    byte[] bytes = {1, 2};
    IndeterminateException exception = new IndeterminateException("m", cause, bytes);
    bytes[0] = 9;
    exception.payload().orElseThrow()[1] = 9;
    assertArrayEquals(new byte[] {1, 2}, exception.payload().orElseThrow());
  }

  @Test
  @DisplayName("The payload travels with a serialized exception")
  void serialized() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new IndeterminateException("m", cause, new byte[] {1, 2}));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertArrayEquals(
          new byte[] {1, 2}, ((IndeterminateException) in.readObject()).payload().orElseThrow());
    }
  }

  @Test
  @DisplayName("A null payload is named")
  void nullPayload() {
    assertEquals(
        "payload",
        assertThrows(NullPointerException.class, () -> new IndeterminateException("m", cause, null))
            .getMessage());
  }
}
