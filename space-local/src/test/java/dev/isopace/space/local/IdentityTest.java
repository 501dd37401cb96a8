package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("local: passes the very object that was written, and never calls the codec")
final class IdentityTest {
  private static final Codec<Object> NEVER_CALLED =
      Codec.of(
          value -> {
            throw new AssertionError("encode was called");
          },
          bytes -> {
            throw new AssertionError("decode was called");
          });

  private final Space<Object> space = Spaces.open("local:", NEVER_CALLED);
  private final Object value = new Object();

  @AfterEach
  void close() {
    space.close();
  }

  @Test
  @DisplayName("Whoever finds an entry gets the object that was written")
  void stored() throws InterruptedException {
    space.out("k", value);
    space.out("k", value);
    space.out("k", value);
    assertSame(value, space.rdp("k").orElseThrow());
    assertSame(value, space.rd("k"));
    assertSame(value, space.rd("k", Duration.ofHours(1)).orElseThrow());
    assertSame(value, space.inp("k").orElseThrow());
    assertSame(value, space.in("k"));
    assertSame(value, space.in("k", Duration.ofHours(1)).orElseThrow());
  }

  @Test
  @DisplayName("Whoever waited for an entry gets the object that was written")
  void handedOver() {
    Call<Object> reader = Call.start("reader", () -> space.rd("k")).parked();
    Call<Object> taker = Call.start("taker", () -> space.in("k")).parked();
    space.out("k", value);
    assertSame(value, reader.value());
    assertSame(value, taker.value());
  }

  @Test
  @DisplayName("LocalSpace, which needs no codec, does the same")
  void withoutCodec() {
    try (LocalSpace<Object> direct = new LocalSpace<>()) {
      direct.out("k", value);
      assertSame(value, direct.inp("k").orElseThrow());
    }
  }

  @Test
  @DisplayName("Keys are equal if their characters are, whatever their identity")
  void keysByValue() {
    String key = "key";
    String same = String.valueOf(key.toCharArray());
    assertNotSame(key, same);
    space.out(key, value);
    assertEquals(1, space.len(same));
    assertTrue(space.inp(same).isPresent());
  }
}
