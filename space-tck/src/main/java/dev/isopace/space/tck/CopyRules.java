package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CPY-1: a space that keeps copies. */
abstract class CopyRules extends Rules {
  private static final String KEY = "copy";
  private static final byte[] VALUE = {1, 2, 3};

  /** Copies nothing: what the space does not copy itself is shared. */
  private static final Codec<byte[]> SHARING = Codec.of(value -> value, bytes -> bytes);

  @BeforeEach
  void requireCopying() {
    assumeTrue(stage().promises(Capability.COPYING), "the space does not declare COPYING");
  }

  /** Opens the space with a codec that shares, and with one that copies. */
  private void onEach(Attempt attempt) throws Exception {
    for (Codec<byte[]> codec : List.of(SHARING, Codec.bytes())) {
      try (Space<byte[]> space = stage().open(codec)) {
        attempt.on(space);
      }
    }
  }

  private interface Attempt {
    void on(Space<byte[]> space) throws Exception;
  }

  private static void spoil(byte[] array) {
    Arrays.fill(array, (byte) 99);
  }

  private static void requireSound(String what, byte[] found) {
    assertArrayEquals(VALUE, found, what);
  }

  @Test
  void cpy1_changingWhatWasGivenChangesNothing() throws Exception {
    onEach(
        space -> {
          for (int i = 0; i < 2; i++) {
            byte[] given = VALUE.clone();
            space.out(KEY, given);
            spoil(given);
          }
          requireSound("rd", space.rd(KEY));
          requireSound("rdp", space.rdp(KEY).orElseThrow());
          requireSound("in", space.in(KEY));
          requireSound("inp", space.inp(KEY).orElseThrow());
        });
  }

  @Test
  void cpy1_changingWhatWasReadChangesNothing() throws Exception {
    onEach(
        space -> {
          space.out(KEY, VALUE.clone());
          for (int i = 0; i < 2; i++) {
            byte[] read = space.rd(KEY);
            requireSound("rd", read);
            spoil(read);
            byte[] probed = space.rdp(KEY).orElseThrow();
            requireSound("rdp", probed);
            spoil(probed);
          }
          requireSound("in", space.in(KEY));
        });
  }

  @Test
  void cpy1_thoseWhoWaitShareNothing() throws Exception {
    onEach(
        space -> {
          List<Actor<byte[]>> waiters = new ArrayList<>();
          // Else a taker may take the entry before a reader has seen it.
          boolean withTakers = !stage().promises(Capability.SHARED);
          if (withTakers) {
            waiters.add(waiter("in", () -> space.in(KEY)));
            waiters.add(waiter("timed in", () -> space.in(KEY, LONG).orElseThrow()));
          }
          for (int i = 0; i < 2; i++) {
            waiters.add(waiter("rd", () -> space.rd(KEY)));
            waiters.add(waiter("timed rd", () -> space.rd(KEY, LONG).orElseThrow()));
          }
          for (int i = 0; i < 2; i++) {
            byte[] given = VALUE.clone();
            space.out(KEY, given);
            spoil(given);
          }
          for (Actor<byte[]> waiter : waiters) {
            byte[] received = waiter.result();
            requireSound("what one that waited received", received);
            spoil(received);
          }
          for (int left = withTakers ? 0 : 2; left > 0; left--) {
            requireSound("what is left", space.inp(KEY).orElseThrow());
          }
          assertEquals(0, space.len(KEY));
        });
  }

  private Actor<byte[]> waiter(String what, Callable<byte[]> call) {
    return start(what, call).awaitBlocked();
  }
}
