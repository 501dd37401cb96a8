package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("local:?copy=true runs every value through the codec, on the caller's own thread")
final class CopyTest {
  private final Fixtures.Hooked codec = new Fixtures.Hooked();
  private final Space<String> space = Spaces.open(Fixtures.COPIES, codec);

  @AfterEach
  void close() {
    space.close();
  }

  @Test
  @DisplayName("Changing an array after out, or one that was read or taken, changes no entry")
  void copiesBothWays() throws InterruptedException {
    try (Space<byte[]> bytes = Spaces.open(Fixtures.COPIES, Codec.bytes())) {
      assertEntryIsOutOfReach(bytes);
    }
  }

  @Test
  @DisplayName("That holds also for a codec that passes on the arrays themselves")
  void copiesForACodecThatDoesNot() throws InterruptedException {
    try (Space<byte[]> bytes =
        Spaces.open(Fixtures.COPIES, Codec.of(array -> array, array -> array))) {
      assertEntryIsOutOfReach(bytes);
    }
  }

  private static void assertEntryIsOutOfReach(Space<byte[]> space) throws InterruptedException {
    byte[] written = {1, 2, 3};
    space.out("k", written);
    Arrays.fill(written, (byte) 9);
    Arrays.fill(space.rdp("k").orElseThrow(), (byte) 9);
    Arrays.fill(space.rd("k"), (byte) 9);
    assertArrayEquals(new byte[] {1, 2, 3}, space.in("k"));

    Call<byte[]> reader = Call.<byte[]>start("reader", () -> space.rd("k")).parked();
    Call<byte[]> taker = Call.<byte[]>start("taker", () -> space.in("k")).parked();
    byte[] handed = {4, 5, 6};
    space.out("k", handed);
    Arrays.fill(handed, (byte) 9);
    assertEquals(3, reader.value().length);
    assertEquals(3, taker.value().length);
    Arrays.fill(reader.value(), (byte) 8);
    assertFalse(Arrays.equals(new byte[] {8, 8, 8}, taker.value()));
  }

  @Test
  @DisplayName("The codec is called once per out and once per entry that is taken or read")
  void callsOnce() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      space.out("k", "v" + i);
      assertEquals(i + 1, codec.encoded.get());
    }
    assertEquals(0, codec.decoded.get());
    assertEquals("v0", space.rdp("k").orElseThrow());
    assertEquals("v0", space.rd("k"));
    assertEquals(2, codec.decoded.get());
    assertEquals("v0", space.inp("k").orElseThrow());
    assertEquals("v1", space.in("k"));
    assertEquals(4, codec.decoded.get());
    assertEquals(Set.of("k"), space.keys());
    assertEquals(2, space.len("k"));
    assertEquals(Optional.empty(), space.inp("other"));
    assertEquals(4, codec.decoded.get());
    assertEquals(4, codec.encoded.get());
  }

  @Test
  @DisplayName("A taker and a reader that waited decode once each, on their own threads")
  void decodesOnTheThreadOfTheCaller() {
    Set<Thread> decoders = Collections.synchronizedSet(new HashSet<>());
    codec.beforeDecoding = value -> decoders.add(Thread.currentThread());
    Call<String> reader = Call.start("reader", () -> space.rd("k")).parked();
    Call<String> taker = Call.start("taker", () -> space.in("k")).parked();
    space.out("k", "v");
    assertEquals("v", reader.value());
    assertEquals("v", taker.value());
    assertEquals(Set.of(reader.thread(), taker.thread()), decoders);
    assertEquals(2, codec.decoded.get());
  }

  @Test
  @DisplayName("A codec that blocks in in, rd, inp or rdp holds no lock and blocks no operation")
  void decodingBlocksNobody() throws InterruptedException {
    Gate gate = new Gate();
    codec.beforeDecoding = value -> gate.passIfCalled("blocked");
    space.out("k", "v0");
    for (String operation : new String[] {"in", "rd", "inp", "rdp"}) {
      gate.shut();
      Call<String> blocked =
          Call.start(
              "blocked",
              () ->
                  switch (operation) {
                    case "in" -> space.in("k");
                    case "rd" -> space.rd("k");
                    case "inp" -> space.inp("k").orElse("nothing");
                    default -> space.rdp("k").orElse("nothing");
                  });
      gate.awaitBlocked(blocked);
      assertEverythingWorks("v0");
      gate.open();
      // The head was taken meanwhile and put again: a reader saw it before, a taker takes it now.
      assertEquals("v0", blocked.value());
      if (operation.startsWith("in")) {
        space.out("k", "v0");
      }
    }
  }

  @Test
  @DisplayName("A codec that blocks for a taker whose turn it is blocks no operation either")
  void decodingInTurnBlocksNobody() throws InterruptedException {
    Gate gate = new Gate();
    codec.beforeDecoding = value -> gate.passIfCalled("blocked");
    Call<String> blocked = Call.start("blocked", () -> space.in("k")).parked();
    space.out("k", "v0");
    gate.awaitBlocked(blocked);
    assertEquals(1, space.len("k"));
    assertEquals("v0", space.rdp("k").orElseThrow());
    space.out("k", "v1");
    assertEquals("v1", space.inp("k").orElseThrow());
    assertEquals(0, space.len("k"));
    gate.open();
    assertEquals("v0", blocked.value());
  }

  @Test
  @DisplayName("A codec that blocks in out holds no lock and blocks no operation")
  void encodingBlocksNobody() throws InterruptedException {
    Gate gate = new Gate();
    codec.beforeEncoding = value -> gate.passIfCalled("blocked");
    space.out("k", "v0");
    Call<Boolean> blocked = Call.start("blocked", () -> space.out("k", "late"));
    gate.awaitBlocked(blocked);
    assertEverythingWorks("v0");
    gate.open();
    assertEquals(true, blocked.value());
    assertEquals("v0", space.in("k"));
    assertEquals("late", space.in("k"));
  }

  private void assertEverythingWorks(String head) {
    Call<Void> others =
        Call.start(
            "others",
            () -> {
              assertEquals(1, space.len("k"));
              assertTrue(space.keys().contains("k"));
              assertEquals(head, space.rdp("k").orElseThrow());
              assertEquals(head, space.rd("k"));
              assertEquals(head, space.inp("k").orElseThrow());
              assertEquals(0, space.len("k"));
              assertTrue(space.out("k", head));
              assertEquals(head, space.in("k"));
              assertTrue(space.out("k", head));
              // Some of these share its stripe.
              for (int i = 0; i < 1000; i++) {
                assertTrue(space.out("other " + i, "x"));
                assertEquals("x", space.in("other " + i));
              }
              return null;
            });
    others.value();
  }

  @Test
  @DisplayName("A codec may use the space, also the very key that it is called for")
  void codecReEnters() throws InterruptedException {
    AtomicBoolean entered = new AtomicBoolean();
    AtomicInteger taken = new AtomicInteger();
    codec.beforeEncoding =
        value -> {
          if (value.equals("outer")) {
            assertTrue(space.out("k", "inner"));
          }
        };
    codec.beforeDecoding =
        value -> {
          if (entered.compareAndSet(false, true)) {
            // Takes the entry that the outer call is at, and so the outer call takes the next.
            assertEquals("inner", space.inp("k").orElseThrow());
            taken.incrementAndGet();
          }
        };
    assertTrue(space.out("k", "outer"));
    assertEquals("outer", space.in("k"));
    assertEquals(1, taken.get());
    assertEquals(0, space.len("k"));
    assertEquals(Set.of(), space.keys());
  }

  @Test
  @DisplayName("A probe from within the codec of a waiting taker serves that taker first")
  void codecReEntersInTurn() {
    AtomicBoolean entered = new AtomicBoolean();
    codec.beforeDecoding =
        value -> {
          if (entered.compareAndSet(false, true)) {
            assertEquals(Optional.empty(), space.inp("k"));
          }
        };
    Call<String> taker = Call.start("taker", () -> space.in("k")).parked();
    space.out("k", "v");
    assertEquals("v", taker.value());
    assertEquals(Set.of(), space.keys());
  }

  @Test
  @DisplayName("A codec may close the space: out returns false, takers get SpaceClosedException")
  void codecCloses() {
    Call<String> waiting = Call.start("waiting", () -> space.in("k")).parked();
    codec.beforeDecoding = value -> space.close();
    space.out("k", "v");
    waiting.thrown(SpaceClosedException.class);

    Fixtures.Hooked other = new Fixtures.Hooked();
    Space<String> closedByOut = Spaces.open(Fixtures.COPIES, other);
    other.beforeEncoding = value -> closedByOut.close();
    assertFalse(closedByOut.out("k", "v"));

    Fixtures.Hooked third = new Fixtures.Hooked();
    Space<String> closedByIn = Spaces.open(Fixtures.COPIES, third);
    closedByIn.out("k", "v");
    third.beforeDecoding = value -> closedByIn.close();
    Call<String> taker = Call.start("taker", () -> closedByIn.in("k"));
    assertEquals(
        "in(\"k\"): this handle of local:?copy=true is closed",
        taker.thrown(SpaceClosedException.class).getMessage());
  }

  @Test
  @DisplayName("An Error of the codec leaves the entry, and the turn goes to the next taker")
  void codecThrowsError() {
    AssertionError error = new AssertionError("of the codec");
    OutOfMemoryError fatal = new OutOfMemoryError("of the codec");
    codec.beforeDecoding =
        value -> {
          switch (Thread.currentThread().getName()) {
            case "first" -> throw error;
            case "second" -> throw fatal;
            default -> {}
          }
        };
    Call<String> first = Call.start("first", () -> space.in("k")).parked();
    Call<String> second = Call.start("second", () -> space.in("k")).parked();
    Call<String> third = Call.start("third", () -> space.in("k")).parked();
    space.out("k", "v");
    assertSame(error, first.thrown(SpaceException.class).getCause());
    assertSame(fatal, second.thrown(OutOfMemoryError.class));
    assertEquals("v", third.value());
  }

  @Test
  @DisplayName("What cannot be encoded is not stored, and wakes nobody")
  void failedEncodingStoresNothing() {
    IllegalStateException failure = new IllegalStateException("of the codec");
    Call<String> taker = Call.start("taker", () -> space.in("k")).parked();
    codec.beforeEncoding =
        value -> {
          throw failure;
        };
    Call<Boolean> out = Call.start("out", () -> space.out("k", "v"));
    SpaceException thrown = out.thrown(SpaceException.class);
    assertSame(failure, thrown.getCause());
    assertTrue(thrown.getMessage().startsWith("out(\"k\"): "), thrown.getMessage());
    assertEquals(0, space.len("k"));
    codec.beforeEncoding = value -> {};
    space.out("k", "good");
    assertEquals("good", taker.value());
  }

  /** Where one thread is held up, by name, inside the codec. */
  private static final class Gate {
    private volatile CountDownLatch open = new CountDownLatch(1);

    void shut() {
      open = new CountDownLatch(1);
    }

    void open() {
      open.countDown();
    }

    void passIfCalled(String name) {
      if (!Thread.currentThread().getName().equals(name)) {
        return;
      }
      try {
        if (!open.await(Call.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw Call.wedged("nobody opened the gate");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void awaitBlocked(Call<?> call) {
      Call.until("the codec blocks", () -> call.thread().getState() == Thread.State.TIMED_WAITING);
      ThreadInfo info =
          ManagementFactory.getThreadMXBean()
              .getThreadInfo(new long[] {call.thread().getId()}, true, true)[0];
      assertEquals(0, info.getLockedMonitors().length, "monitors held in the codec");
      assertEquals(0, info.getLockedSynchronizers().length, "locks held in the codec");
    }
  }
}
