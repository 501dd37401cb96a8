package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CPY-1: a space that keeps copies. */
abstract class CopyRules extends Rules {
  private static final String KEY = "copy";
  private static final byte[] SMALL = {1, 2, 3};
  private static final byte[] LARGE = "123".repeat(50_000).getBytes(StandardCharsets.US_ASCII);

  /** A codec that copies nothing: arrays that the space does not copy itself are shared. */
  private static final Codec<byte[]> SHARING = Codec.of(value -> value, bytes -> bytes);

  @BeforeEach
  void requireCopying() {
    assumeTrue(stage().promises(Capability.COPYING), "the space does not declare COPYING");
  }

  /** Opens the space with a codec that shares, and with one that copies. */
  private void onEach(Use use) throws Exception {
    on(SHARING, "a codec that gives out the array it was given", use);
    on(Codec.bytes(), "a codec that copies", use);
  }

  private void on(Codec<byte[]> codec, String name, Use use) throws Exception {
    for (byte[] value : List.of(SMALL, LARGE)) {
      try (Space<byte[]> space = stage().open(codec)) {
        use.on(space, value, name);
      }
    }
  }

  private interface Use {
    void on(Space<byte[]> space, byte[] value, String codec) throws Exception;
  }

  private static void spoil(byte[] array) {
    Arrays.fill(array, (byte) 99);
  }

  private static void requireSound(String what, byte[] value, byte[] found, String codec) {
    assertArrayEquals(
        value, found, () -> what + " of " + value.length + " bytes, through " + codec);
  }

  @Test
  void cpy1_changingWhatWasGivenChangesNothing() throws Exception {
    onEach(
        (space, value, codec) -> {
          for (int i = 0; i < 2; i++) {
            byte[] given = value.clone();
            space.out(KEY, given);
            spoil(given);
          }
          requireSound("rd", value, space.rd(KEY), codec);
          requireSound("rdp", value, space.rdp(KEY).orElseThrow(), codec);
          requireSound("in", value, space.in(KEY), codec);
          requireSound("inp", value, space.inp(KEY).orElseThrow(), codec);
        });
  }

  @Test
  void cpy1_changingWhatWasReadChangesNothing() throws Exception {
    onEach(
        (space, value, codec) -> {
          space.out(KEY, value.clone());
          for (int i = 0; i < 2; i++) {
            byte[] read = space.rd(KEY);
            requireSound("rd", value, read, codec);
            spoil(read);
            byte[] probed = space.rdp(KEY).orElseThrow();
            requireSound("rdp", value, probed, codec);
            spoil(probed);
            for (Duration timeout : List.of(LONG, Duration.ZERO)) {
              byte[] timed = space.rd(KEY, timeout).orElseThrow();
              requireSound("rd with timeout " + timeout, value, timed, codec);
              spoil(timed);
            }
          }
          requireSound("in", value, space.in(KEY), codec);
        });
  }

  @Test
  void cpy1_aCodecThatChangesWhatItCannotDecodeChangesNothing() throws Exception {
    AtomicBoolean works = new AtomicBoolean();
    Codec<byte[]> spoiling =
        Codec.of(
            value -> value,
            bytes -> {
              if (!works.get()) {
                spoil(bytes);
                throw new UnsupportedOperationException("by the suite");
              }
              return bytes;
            });
    String codec = "a codec that changes what it cannot decode";
    for (byte[] value : List.of(SMALL, LARGE)) {
      Space<byte[]> space = stage().open(spoiling);
      works.set(false);
      Actor<byte[]> waiter = waiter("in that cannot decode", () -> space.in(KEY));
      space.out(KEY, value.clone());
      waiter.failure();
      Map<String, Callable<?>> calls = new LinkedHashMap<>();
      calls.put("rdp", () -> space.rdp(KEY));
      calls.put("rd", () -> space.rd(KEY));
      calls.put("timed rd", () -> space.rd(KEY, LONG));
      calls.put("inp", () -> space.inp(KEY));
      calls.put("in", () -> space.in(KEY));
      calls.put("timed in", () -> space.in(KEY, LONG));
      calls.put("in with timeout 0", () -> space.in(KEY, Duration.ZERO));
      for (Map.Entry<String, Callable<?>> call : calls.entrySet()) {
        works.set(false);
        thrownBy(SpaceException.class, call.getKey() + " that cannot decode", call.getValue());
        works.set(true);
        requireSound(
            "rdp after " + call.getKey() + " had changed what it could not decode",
            value,
            space.rdp(KEY).orElseThrow(),
            codec);
      }
      requireSound("inp", value, space.inp(KEY).orElseThrow(), codec);
      space.close();
    }
  }

  @Test
  void cpy1_thoseWhoWaitShareNothing() throws Exception {
    requireOnceSettled(KEY, this::requireThatWaitersShareNothing);
  }

  private void requireThatWaitersShareNothing(String key) throws Exception {
    onEach(
        (space, value, codec) -> {
          List<Actor<byte[]>> waiters = new ArrayList<>();
          // Else a taker may take the entry before a reader has seen it.
          boolean withTakers = !stage().promises(Capability.SHARED);
          if (withTakers) {
            waiters.add(waiter("in", () -> space.in(key)));
            waiters.add(waiter("timed in", () -> space.in(key, LONG).orElseThrow()));
          }
          for (int i = 0; i < 2; i++) {
            waiters.add(waiter("rd", () -> space.rd(key)));
            waiters.add(waiter("timed rd", () -> space.rd(key, LONG).orElseThrow()));
          }
          for (int i = 0; i < 2; i++) {
            byte[] given = value.clone();
            space.out(key, given);
            spoil(given);
          }
          for (Actor<byte[]> waiter : waiters) {
            byte[] received = waiter.result();
            requireSound("what one that waited received", value, received, codec);
            spoil(received);
          }
          for (int left = withTakers ? 0 : 2; left > 0; left--) {
            requireSound("what is left", value, space.inp(key).orElseThrow(), codec);
          }
          assertEquals(0, space.len(key));
        });
  }

  private Actor<byte[]> waiter(String what, Callable<byte[]> call) {
    return start(what, call).awaitBlocked();
  }
}
