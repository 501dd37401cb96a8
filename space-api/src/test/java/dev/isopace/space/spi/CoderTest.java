package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("ARG-4 A codec that fails makes an exception that names operation and key")
class CoderTest {
  private static final byte[] BYTES = {1, 2, 3};

  @Test
  @DisplayName("What the codec returns is passed on as it is")
  void passesOn() {
    Coder<String> coder = new Coder<>(Codec.of(value -> BYTES, bytes -> "v" + bytes.length));
    assertSame(BYTES, coder.encode("k", "x"));
    assertEquals("v3", coder.decode("in", "k", BYTES));
  }

  @Test
  @DisplayName("A codec that throws while encoding: nothing was stored")
  void encodeThrows() {
    IllegalStateException cause = new IllegalStateException("boom");
    SpaceException e = assertThrows(SpaceException.class, () -> throwing(cause).encode("k\n", "x"));
    assertEquals(
        "out(\"k\\u000a\"): the codec could not encode the value; nothing was stored:"
            + " java.lang.IllegalStateException: boom",
        e.getMessage());
    assertSame(cause, e.getCause());
  }

  @Test
  @DisplayName("A codec that throws while decoding: the head stays, and can be taken as bytes")
  void decodeThrows() {
    IllegalStateException cause = new IllegalStateException("boom");
    SpaceException e =
        assertThrows(SpaceException.class, () -> throwing(cause).decode("rdp", "k", BYTES));
    assertEquals(
        "rdp(\"k\"): the codec could not decode the head (3 bytes), which stays where it is;"
            + " a handle with Codec.bytes() can take it: java.lang.IllegalStateException: boom",
        e.getMessage());
    assertSame(cause, e.getCause());
  }

  @Test
  @DisplayName("A codec that returns null while encoding: nothing was stored")
  void encodesNull() {
    SpaceException e = assertThrows(SpaceException.class, () -> returningNull().encode("k", "x"));
    assertEquals(
        "out(\"k\"): the codec encoded the value as null; nothing was stored", e.getMessage());
    assertNull(e.getCause());
  }

  @Test
  @DisplayName("A codec that returns null while decoding: the head stays")
  void decodesNull() {
    SpaceException e =
        assertThrows(SpaceException.class, () -> returningNull().decode("in", "k", BYTES));
    assertEquals(
        "in(\"k\"): the codec decoded the head as null (3 bytes), which stays where it is; a"
            + " handle with Codec.bytes() can take it",
        e.getMessage());
    assertNull(e.getCause());
  }

  @Test
  @DisplayName("An error of the codec is wrapped like an exception")
  void errorIsWrapped() {
    AssertionError cause = new AssertionError("boom");
    assertSame(
        cause,
        assertThrows(SpaceException.class, () -> throwing(cause).encode("k", "x")).getCause());
    assertSame(
        cause,
        assertThrows(SpaceException.class, () -> throwing(cause).decode("in", "k", BYTES))
            .getCause());
  }

  @Test
  @DisplayName("An error of the virtual machine passes as it is")
  void virtualMachineErrorPasses() {
    OutOfMemoryError error = new OutOfMemoryError("none left");
    assertSame(error, assertThrows(OutOfMemoryError.class, () -> throwing(error).encode("k", "x")));
    assertSame(
        error,
        assertThrows(OutOfMemoryError.class, () -> throwing(error).decode("in", "k", BYTES)));
  }

  @Test
  @DisplayName("What utf8() refuses is wrapped too")
  void utf8Refuses() {
    SpaceException e =
        assertThrows(SpaceException.class, () -> new Coder<>(Codec.utf8()).encode("k", "x\ud800"));
    assertEquals(
        "out(\"k\"): the codec could not encode the value; nothing was stored:"
            + " java.lang.IllegalArgumentException: value holds an unpaired surrogate, U+D800 at"
            + " index 1; it must be valid Unicode",
        e.getMessage());
    assertEquals(IllegalArgumentException.class, e.getCause().getClass());
  }

  @Test
  @DisplayName("A null codec is named")
  void nullCodec() {
    assertEquals(
        "codec", assertThrows(NullPointerException.class, () -> new Coder<>(null)).getMessage());
  }

  private static Coder<String> returningNull() {
    return new Coder<>(Codec.of(value -> null, bytes -> null));
  }

  private static Coder<String> throwing(Throwable failure) {
    return new Coder<>(
        new Codec<>() {
          @Override
          public byte[] encode(String value) {
            throw CoderTest.<RuntimeException>unchecked(failure);
          }

          @Override
          public String decode(byte[] bytes) {
            throw CoderTest.<RuntimeException>unchecked(failure);
          }
        });
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable failure) throws E {
    throw (E) failure;
  }
}
