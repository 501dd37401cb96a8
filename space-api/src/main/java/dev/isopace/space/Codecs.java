package dev.isopace.space;

import dev.isopace.space.spi.Arguments;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;

/** The codecs that {@link Codec} offers. */
final class Codecs {
  static final Codec<String> UTF8 = new Utf8();
  static final Codec<byte[]> BYTES =
      of(value -> copy(value, "value"), bytes -> copy(bytes, "bytes"));

  private Codecs() {}

  static <V> Codec<V> of(Function<V, byte[]> encode, Function<byte[], V> decode) {
    Objects.requireNonNull(encode, "encode");
    Objects.requireNonNull(decode, "decode");
    return new Codec<>() {
      @Override
      public byte[] encode(V value) {
        return encode.apply(value);
      }

      @Override
      public V decode(byte[] bytes) {
        return decode.apply(bytes);
      }
    };
  }

  private static byte[] copy(byte[] array, String name) {
    return Objects.requireNonNull(array, name).clone();
  }

  private static final class Utf8 implements Codec<String> {
    /** Initialized with the codec: near the end of a caller's stack it could not be any more. */
    private static final Charset UTF_8 = StandardCharsets.UTF_8;

    @Override
    public byte[] encode(String value) {
      Arguments.utf8Length("value", value);
      return value.getBytes(UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
      Objects.requireNonNull(bytes, "bytes");
      String text = new String(bytes, UTF_8);
      // The substitute character is rare in real text, so that valid input is decoded only once.
      if (text.indexOf('\uFFFD') >= 0) {
        requireValid(bytes);
      }
      return text;
    }

    private static void requireValid(byte[] bytes) {
      ByteBuffer input = ByteBuffer.wrap(bytes);
      try {
        UTF_8.newDecoder().decode(input);
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException(
            "value is not valid UTF-8: malformed at byte "
                + input.position()
                + " of "
                + bytes.length,
            e);
      }
    }
  }
}
