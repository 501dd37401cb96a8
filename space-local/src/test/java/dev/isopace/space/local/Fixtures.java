package dev.isopace.space.local;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Spaces and codecs that tests look into. */
final class Fixtures {
  static final String REFERENCES = "local:";
  static final String COPIES = "local:?copy=true";

  private Fixtures() {}

  static Space<String> open(String uri) {
    return Spaces.open(uri, Codec.utf8());
  }

  /** A codec of strings that counts, and runs a hook before it decodes. */
  static final class Hooked implements Codec<String> {
    final AtomicInteger encoded = new AtomicInteger();
    final AtomicInteger decoded = new AtomicInteger();
    volatile Consumer<String> beforeEncoding = value -> {};
    volatile Consumer<String> beforeDecoding = value -> {};

    @Override
    public byte[] encode(String value) {
      encoded.incrementAndGet();
      beforeEncoding.accept(value);
      return Codec.utf8().encode(value);
    }

    @Override
    public String decode(byte[] bytes) {
      decoded.incrementAndGet();
      String value = Codec.utf8().decode(bytes);
      beforeDecoding.accept(value);
      return value;
    }
  }
}
