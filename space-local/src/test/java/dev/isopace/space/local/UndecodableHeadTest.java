package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An entry that cannot be decoded stays at the head and holds its key")
final class UndecodableHeadTest {
  private final IllegalStateException failure = new IllegalStateException("of the codec");

  private final Fixtures.Hooked codec = new Fixtures.Hooked();
  private final Space<String> space = Spaces.open(Fixtures.COPIES, codec);

  @AfterEach
  void close() {
    space.close();
  }

  private void failIfBad(String value) {
    if (value.startsWith("bad")) {
      throw failure;
    }
  }

  @Test
  @DisplayName("Every operation that needs the head fails, naming itself and the key")
  void everyOperationFails() {
    codec.beforeDecoding = this::failIfBad;
    space.out("k", "bad");
    space.out("k", "good");
    assertFails("in", Call.start("in", () -> space.in("k")));
    assertFails("in", Call.start("in, timed", () -> space.in("k", Duration.ofHours(1))));
    assertFails("rd", Call.start("rd", () -> space.rd("k")));
    assertFails("rd", Call.start("rd, timed", () -> space.rd("k", Duration.ofHours(1))));
    assertFails("inp", Call.start("inp", () -> space.inp("k")));
    assertFails("rdp", Call.start("rdp", () -> space.rdp("k")));
    assertEquals(2, space.len("k"));
    assertEquals(Set.of("k"), space.keys());

    codec.beforeDecoding = value -> {};
    assertEquals("bad", space.inp("k").orElseThrow());
    assertEquals("good", space.inp("k").orElseThrow());
    assertEquals(Set.of(), space.keys());
  }

  @Test
  @DisplayName("Each of several waiting takers fails on it; none gets the good entry behind it")
  void everyWaitingTakerFails() {
    codec.beforeDecoding = this::failIfBad;
    List<Call<?>> takers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean timed = i % 2 == 0;
      takers.add(
          Call.start("taker " + i, () -> timed ? space.in("k", Duration.ofHours(1)) : space.in("k"))
              .parked());
    }
    Call<String> reader = Call.start("reader", () -> space.rd("k")).parked();
    space.out("k", "bad");
    space.out("k", "good");
    takers.forEach(taker -> assertFails("in", taker));
    assertFails("rd", reader);
    assertEquals(2, space.len("k"));
    assertEquals(Set.of("k"), space.keys());
    assertFails("in", Call.start("newcomer", () -> space.in("k")));

    codec.beforeDecoding = value -> {};
    assertEquals(Optional.of("bad"), space.inp("k"));
    assertEquals(Optional.of("good"), space.inp("k"));
  }

  @Test
  @DisplayName("A null from the codec is a failure like another")
  void nullIsAFailure() {
    try (Space<String> nulls =
        Spaces.open(
            Fixtures.COPIES,
            new Codec<String>() {
              @Override
              public byte[] encode(String value) {
                return new byte[1];
              }

              @Override
              public String decode(byte[] bytes) {
                return null;
              }
            })) {
      Call<String> taker = Call.start("taker", () -> nulls.in("k")).parked();
      nulls.out("k", "v");
      SpaceException thrown = taker.thrown(SpaceException.class);
      assertTrue(thrown.getMessage().startsWith("in(\"k\"): "), thrown.getMessage());
      assertEquals(1, nulls.len("k"));
    }
  }

  @Test
  @DisplayName("A taker whose turn fails passes the turn on to the next, who may succeed")
  void failedTurnIsPassedOn() {
    codec.beforeDecoding =
        value -> {
          if (Thread.currentThread().getName().startsWith("unlucky")) {
            throw failure;
          }
        };
    Call<String> unlucky = Call.start("unlucky", () -> space.in("k")).parked();
    Call<String> lucky = Call.start("lucky", () -> space.in("k")).parked();
    space.out("k", "v");
    assertFails("in", unlucky);
    assertEquals("v", lucky.value());
    assertEquals(Set.of(), space.keys());
  }

  @Test
  @DisplayName("A probe serves the takers that wait before it, however slow they are")
  void probeHelps() {
    CountDownLatch gate = new CountDownLatch(1);
    codec.beforeDecoding = value -> holdUp("slow", gate);
    Call<String> slow = Call.start("slow", () -> space.in("k")).parked();
    Call<String> next = Call.start("next", () -> space.in("k")).parked();
    space.out("k", "v0");
    Call.until("the slow one decodes", () -> isHeldUp(slow));
    space.out("k", "v1");
    space.out("k", "v2");
    // The slow taker is owed v0 and the next one v1.
    assertEquals(Optional.of("v2"), space.inp("k"));
    assertEquals("v1", next.value());
    assertTrue(slow.isRunning());
    assertEquals(0, space.len("k"));
    gate.countDown();
    assertEquals("v0", slow.value());
  }

  @Test
  @DisplayName("A taker that arrives serves those who wait before it, however slow they are")
  void newcomerHelps() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    codec.beforeDecoding = value -> holdUp("slow", gate);
    Call<String> slow = Call.start("slow", () -> space.in("k")).parked();
    space.out("k", "v0");
    Call.until("the slow one decodes", () -> isHeldUp(slow));
    space.out("k", "v1");
    assertEquals("v1", space.in("k"));
    gate.countDown();
    assertEquals("v0", slow.value());
  }

  @Test
  @DisplayName("A taker whose time is over does not give up while there are entries for it")
  void timedTakerHelps() {
    CountDownLatch gate = new CountDownLatch(1);
    codec.beforeDecoding = value -> holdUp("slow", gate);
    Call<String> slow = Call.start("slow", () -> space.in("k")).parked();
    Call<Optional<String>> timed =
        Call.start("timed", () -> space.in("k", Duration.ofSeconds(1))).parked();
    space.out("k", "v0");
    space.out("k", "v1");
    assertEquals(Optional.of("v1"), timed.value());
    assertTrue(slow.isRunning());
    gate.countDown();
    assertEquals("v0", slow.value());
  }

  @Test
  @DisplayName("A taker whose time is over fails on the head under its own name")
  void timedTakerFails() {
    CountDownLatch gate = new CountDownLatch(1);
    codec.beforeDecoding =
        value -> {
          holdUp("slow", gate);
          failIfBad(value);
        };
    Call<String> slow = Call.start("slow", () -> space.in("k")).parked();
    Call<Optional<String>> timed =
        Call.start("timed", () -> space.in("k", Duration.ofSeconds(1))).parked();
    space.out("k", "bad");
    assertFails("in", timed);
    gate.countDown();
    assertFails("in", slow);
    assertEquals(1, space.len("k"));
  }

  @Test
  @DisplayName("A taker that is interrupted behind a slow one leaves at once, whatever is there")
  void interruptedBehindSlow() {
    CountDownLatch gate = new CountDownLatch(1);
    codec.beforeDecoding = value -> holdUp("slow", gate);
    Call<String> slow = Call.start("slow", () -> space.in("k")).parked();
    Call<String> impatient = Call.start("impatient", () -> space.in("k")).parked();
    space.out("k", "v0");
    space.out("k", "v1");
    Call.until("the slow one decodes", () -> isHeldUp(slow));
    impatient.interrupt().thrown(InterruptedException.class);
    gate.countDown();
    assertEquals("v0", slow.value());
    assertEquals(Optional.of("v1"), space.inp("k"));
  }

  private void assertFails(String operation, Call<?> call) {
    SpaceException thrown = call.thrown(SpaceException.class);
    assertSame(failure, thrown.getCause());
    assertTrue(
        thrown.getMessage().startsWith(operation + "(\"k\"): the codec could not decode"),
        thrown.getMessage());
  }

  private static void holdUp(String name, CountDownLatch gate) {
    if (Thread.currentThread().getName().equals(name)) {
      try {
        if (!gate.await(Call.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw Call.wedged("nobody opened the gate");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The only timed wait of an untimed taker is the one in the codec. */
  private static boolean isHeldUp(Call<?> slow) {
    return slow.thread().getState() == Thread.State.TIMED_WAITING;
  }
}
