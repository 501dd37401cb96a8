package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** OUT: writing. */
abstract class OutRules extends Rules {
  private static final String KEY = "out";
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** How long readers are woken of whom each is followed by many entries, if that is slow. */
  private static final Duration LONGEST_TO_WAKE = Duration.ofSeconds(5);

  private static final int LATE_OUTS = 400;
  private static final int LARGE = 50_000;

  @Test
  void out1_returnsTrueAndTheEntryIsThere() {
    assertTrue(space().out(KEY, "1"), "out");
    assertEquals(1, space().len(KEY), "len after out");
    assertEquals(Optional.of("1"), space().rdp(KEY), "rdp after out");
  }

  @Test
  void out1_returnsTrueAlsoWhereSomebodyWaits() {
    for (Wait wait : Wait.ALL) {
      Actor<Optional<String>> waiter = startBlocked(wait, KEY + wait);
      assertTrue(space().out(KEY + wait, "1"), "out of an entry for a waiting " + wait);
      assertEquals(Optional.of("1"), waiter.result(), "what a waiting " + wait + " got");
    }
  }

  @Test
  void out1_neverWaitsForTakers() {
    int most = rounds(LONG_QUEUE);
    int least = Math.min(most, 1_000);
    Stage.Effort effort = stage().effort(most, LONGEST);
    AtomicInteger count = new AtomicInteger();
    Actor<?> writing =
        start(
            "outs that nobody takes",
            () -> {
              while (count.get() < least || effort.goesOnAfter(count.get())) {
                assertTrue(space().out(KEY, "e" + count), "out " + count);
                count.incrementAndGet();
              }
              return null;
            });
    writing.result(stage().watch(count::get));
    assertEquals(count.get(), space().len(KEY), "len of entries that nobody has taken");
  }

  @Test
  void out1_returnsBeforeWhoWaitedDoes() {
    assumeTrue(stage().encodes(), "without a codec nobody can tell when a waiter returns");
    AtomicBoolean mayReturn = new AtomicBoolean(true);
    Codec<String> slow =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              stage().await("out, which waits for one that it has woken", mayReturn::get);
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    for (Wait wait : Wait.ALL) {
      Actor<Optional<String>> waiter =
          start(wait + " that decodes slowly", () -> wait.call().on(space, KEY)).awaitBlocked();
      mayReturn.set(false);
      try {
        // For less long than the waiter takes to give up.
        assertTrue(
            start("out where " + wait + " waits, and decodes", () -> space.out(KEY, "1"))
                .result(stage().patienceTime().dividedBy(2)),
            "out");
      } finally {
        mayReturn.set(true);
      }
      assertEquals(Optional.of("1"), waiter.result(), "what a waiting " + wait + " got");
      space.inp(KEY);
    }
  }

  private void requireExactness() {
    assumeFalse(
        stage().promises(Capability.SHARED),
        "a reader of a SHARED space may miss an entry that is taken at once");
  }

  @Test
  void out2_everyWaitingReaderReturnsTheEntryThatOneTakerTakes() throws Exception {
    requireExactness();
    requireOnceSettled(KEY, this::requireThatAllReadAndOneTakes);
  }

  private void requireThatAllReadAndOneTakes(String name) {
    for (int i = 0; i < rounds(10); i++) {
      String key = name + i;
      List<Actor<Optional<String>>> readers = new ArrayList<>();
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      for (int k = 0; k < 2; k++) {
        takers.add(startBlocked(Wait.TAKES.get(k), key));
        readers.add(startBlocked(Wait.READS.get(k), key));
        readers.add(startBlocked(Wait.READS.get(k), key));
      }
      space().out(key, "1");
      for (Actor<Optional<String>> reader : readers) {
        assertEquals(Optional.of("1"), reader.result(), "what a waiting reader got");
      }
      stage().await("one taker", () -> takers.stream().anyMatch(Actor::isDone));
      assertEquals(Optional.empty(), space().rdp(key), "the head after a taker took it");
      space().out(key, "2");
      List<String> taken =
          takers.stream().map(taker -> taker.result().orElseThrow()).sorted().toList();
      assertEquals(List.of("1", "2"), taken, "what the two takers got");
    }
  }

  @Test
  void out2_asManyReadersAsThereAreReturnTheEntry() {
    List<Actor<Optional<String>>> readers = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      Wait wait = Wait.READS.get(i % 2);
      readers.add(start(wait + " among many", () -> wait.call().on(space(), KEY)));
    }
    Actor.awaitAllBlocked(stage(), readers);
    space().out(KEY, "1");
    for (int i = 0; i < CROWD; i++) {
      assertEquals(
          Optional.of("1"), readers.get(i).result(), "what reader " + i + " of " + CROWD + " got");
    }
    assertEquals(Optional.of("1"), space().inp(KEY), "what is there for a taker");
  }

  @Test
  void out2_aReaderThatWaitsReturnsTheFirstOfSeveralEntries() {
    Stage.Effort effort = stage().effort(rounds(200), LONGEST_TO_WAKE);
    for (int i = 0; effort.goesOnAfter(i); i++) {
      String key = KEY + i;
      Actor<Optional<String>> reader = startBlocked(Wait.READS.get(i % 2), key);
      // A reader takes longer to wake up than an entry takes to be written.
      for (int entry = 1; entry <= 20; entry++) {
        space().out(key, Integer.toString(entry));
      }
      assertEquals(Optional.of("1"), reader.result(), "what a reader got that waited for it");
    }
  }

  @Test
  void out2_readersThatWaitReturnEvenIfTheEntryIsTakenAtOnce() throws Exception {
    requireExactness();
    requireOnceSettled(KEY, this::requireThatReadersSeeWhatIsTakenAtOnce);
  }

  private void requireThatReadersSeeWhatIsTakenAtOnce(String name) {
    for (int i = 0; i < rounds(50); i++) {
      String key = name + i;
      Actor<Optional<String>> reader = startBlocked(Wait.READS.get(i % 2), key);
      Actor<Optional<String>> other = startBlocked(Wait.RD, key);
      space().out(key, "1");
      assertEquals(Optional.of("1"), space().inp(key), "taken at once");
      space().out(key, "2");
      assertEquals(Optional.of("1"), reader.result(), "what the reader saw that waited for 1");
      assertEquals(Optional.of("1"), other.result(), "what the other saw that waited for 1");
    }
  }

  @Test
  void out2_aReaderThatIsInterruptedAfterOutReturnsTheEntry() throws Exception {
    requireExactness();
    requireOnceSettled(KEY, this::requireThatAnInterruptComesTooLate);
  }

  private void requireThatAnInterruptComesTooLate(String name) {
    for (int i = 0; i < rounds(20); i++) {
      String key = name + i;
      Wait wait = Wait.READS.get(i % 2);
      Actor<Optional<String>> reader = startBlocked(wait, key);
      space().out(key, "1");
      reader.interrupt();
      assertEquals(
          End.TOOK,
          endOf(reader, InterruptedException.class),
          "how " + wait + " ended that waited during out, and was interrupted after it");
    }
  }

  @Test
  void out2_aReaderWhoseTimeIsOverReturnsWhatCameBefore() throws Exception {
    requireExactness();
    requireOnceSettled(KEY, this::requireThatAnEntryComesInTime);
  }

  private void requireThatAnEntryComesInTime(String name) {
    Duration timeout = Duration.ofMillis(5);
    for (int i = 0; i < rounds(50); i++) {
      String key = name + i;
      AtomicLong begin = new AtomicLong(System.nanoTime());
      Actor<Optional<String>> reader =
          start(
              "rd until its time is over",
              () -> {
                begin.set(System.nanoTime());
                return space().rd(key, timeout);
              });
      stage().await("a reader that waits", () -> reader.isWaiting() || reader.isDone());
      long end = begin.get() + timeout.toNanos();
      long blow = end - stage().random().nextInt(200_000);
      while (System.nanoTime() - blow < 0) {
        Thread.onSpinWait();
      }
      space().out(key, "1");
      boolean inTime = System.nanoTime() - end < 0;
      assertTrue(
          reader.result().isPresent() || !inTime,
          "rd was empty that waited during out, which returned before the timeout had passed");
    }
  }

  @Test
  void out2_asManyReadersAsThereAreReturnAnEntryThatIsTakenAtOnce() throws Exception {
    requireExactness();
    requireOnceSettled(KEY, this::requireThatManySeeWhatIsTakenAtOnce);
  }

  private void requireThatManySeeWhatIsTakenAtOnce(String key) {
    List<Actor<Optional<String>>> readers = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      Wait wait = Wait.READS.get(i % 2);
      readers.add(start(wait + " of " + key, () -> wait.call().on(space(), key)));
    }
    Actor.awaitAllBlocked(stage(), readers);
    space().out(key, "1");
    assertEquals(Optional.of("1"), space().inp(key), "taken at once");
    LongSupplier done = () -> readers.stream().filter(Actor::isDone).count();
    stage().letPassWhile(stage().watch(done), () -> done.getAsLong() == CROWD);
    assertEquals(
        CROWD,
        done.getAsLong(),
        "readers that returned the entry that was written while they waited, and taken at once");
    readers.forEach(
        reader -> assertEquals(Optional.of("1"), reader.result(), "what a waiting reader got"));
  }

  @Test
  void out3_onAClosedHandleReturnsFalse() {
    space().out(KEY, "1");
    space().close();
    assertFalse(space().out(KEY, "2"), "out on a closed handle");
    assertFalse(space().out("another key", "2"), "out on a closed handle");
  }

  @Test
  void out3_onAClosedHandleReturnsFalseWhateverTheCodecWouldDo() {
    Space<String> space = stage().open(failingCodec());
    space.close();
    try {
      assertFalse(space.out(KEY, "1"), "out on a closed handle");
    } catch (SpaceException e) {
      fail("out on a closed handle should not call the codec, which throws, but return false", e);
    }
  }

  @Test
  void out3_onAClosedHandleStartsAndOpensNothing() {
    space().out(KEY, "1");
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    boolean tells = CloseRules.tellsOpenFiles();
    Map<String, String> files = tells ? CloseRules.openFiles() : Map.of();
    space().close();
    for (int i = 0; i < 3; i++) {
      assertFalse(space().out(KEY + i, "2"), "out on a closed handle");
    }
    CloseRules.requireNoThreads(threads, "out on a closed handle");
    if (tells) {
      CloseRules.requireNoFiles(files, "out on a closed handle");
    }
  }

  @Test
  void out3_onAClosedHandleTakesNoNoticeOfTheFlag() {
    space().close();
    start(
            "out on a closed handle by an interrupted thread",
            () -> {
              Thread.currentThread().interrupt();
              assertFalse(space().out(KEY, "1"), "out on a closed handle, of a set flag");
              assertTrue(Thread.currentThread().isInterrupted(), "the flag is lost after out");
              return null;
            })
        .result();
  }

  @Test
  void out3_onAClosedHandleKeepsNothingInMemory() {
    requireMeasurableHeap();
    space().out(KEY, "1");
    space().close();
    outLate(20);
    long before = Heap.used();
    long size = outLate(LATE_OUTS);
    long left = Heap.used() - before;
    assertTrue(
        left < size / 2,
        LATE_OUTS + " outs on a closed handle, of " + size + " bytes, left " + left + " behind");
  }

  /** Writes to a closed handle under many keys; returns at least how much. */
  private long outLate(int count) {
    for (int i = 0; i < count; i++) {
      space().out(KEY + i % 50, "v".repeat(LARGE - i));
    }
    return (long) count * (LARGE - count);
  }

  @Test
  void out3_onAClosedHandleStoresNothing() {
    assumeTrue(
        stage().promises(Capability.DURABLE) || stage().promises(Capability.SHARED),
        "nobody can look into a closed space that is neither DURABLE nor SHARED");
    space().out(KEY, "1");
    boolean isShared = stage().promises(Capability.SHARED);
    Space<String> other = isShared ? stage().open(Codec.utf8()) : space();
    space().close();
    space().out(KEY, "2");
    space().out("another key", "2");
    // What another handle has held open all the time is not looked at anew.
    Space<String> reopened = isShared ? other : stage().open(Codec.utf8());
    assertEquals(1, reopened.len(KEY), "entries after an out on a closed handle");
    assertEquals(0, reopened.len("another key"), "entries after an out on a closed handle");
  }
}
