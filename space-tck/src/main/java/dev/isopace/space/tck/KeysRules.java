package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** PRB-3 and PRB-4: the keys there are, and what is left of those that were. */
abstract class KeysRules extends Rules {
  private static final String KEY = "keys";

  /** As many leave enough behind to be told from what the virtual machine itself keeps. */
  private static final int WAITS = 150_000;

  private static final int WAITERS = 8;
  private static final int ENDED_WAITS = 20_000;
  private static final int VALUES = 300;
  private static final int MANY_KEYS = 100_000;
  private static final int LARGE = 50_000;

  /** Of what can go on for longer where each call takes a journey. */
  private static final Duration LONGEST = Duration.ofSeconds(6);

  private static final Duration SHORT = Duration.ofNanos(100_000);

  @Test
  void prb3_keysAreThoseThatHoldEntries() {
    assertEquals(Set.of(), space().keys(), "keys of an empty space");
    Actor<?> taker = startBlocked(Wait.IN, "waited on");
    startBlocked(Wait.RD, "waited on");
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      space().out(KEY + i, "1");
      expected.add(KEY + i);
    }
    for (String key : List.of("", " ", ".")) {
      space().out(key, "1");
      expected.add(key);
    }
    assertEquals(expected, space().keys());
    for (int i = 0; i < 100; i += 2) {
      space().inp(KEY + i);
      expected.remove(KEY + i);
      space().rdp(KEY + (i + 1));
    }
    assertEquals(expected, space().keys(), "keys after every second one was emptied");
    space().out("waited on", "1");
    taker.result();
    assertEquals(expected, space().keys(), "keys after one that waited has emptied its own");
  }

  @Test
  void prb3_keysAreAllHoweverManyThereAre() {
    int most = rounds(stage().encodes() ? 5_000 : MANY_KEYS);
    Stage.Effort effort = stage().effort(most, Duration.ofSeconds(1));
    Set<String> expected = new HashSet<>();
    for (int i = 0; effort.goesOnAfter(i); i++) {
      space().out(KEY + i, "1");
      expected.add(KEY + i);
    }
    Set<String> keys = space().keys();
    assertEquals(expected.size(), keys.size(), "number of keys");
    assertEquals(expected, keys);
  }

  @Test
  void prb3_theSetIsASnapshotThatNobodyCanChange() {
    space().out(KEY, "1");
    Set<String> before = space().keys();
    space().out("later", "1");
    space().inp(KEY);
    assertEquals(Set.of(KEY), before, "a snapshot after changes in the space");
    thrownBy(UnsupportedOperationException.class, "keys().add", () -> before.add("more"));
    thrownBy(UnsupportedOperationException.class, "keys().remove", () -> before.remove(KEY));
    thrownBy(
        UnsupportedOperationException.class, "keys().addAll", () -> before.addAll(Set.of("more")));
    thrownBy(
        UnsupportedOperationException.class, "keys().removeIf", () -> before.removeIf(key -> true));
    thrownBy(
        UnsupportedOperationException.class,
        "keys().removeAll",
        () -> before.removeAll(Set.of(KEY)));
    thrownBy(
        UnsupportedOperationException.class,
        "keys().retainAll",
        () -> before.retainAll(Set.of("another")));
    requireUnsupported("keys().clear", before::clear);
    Iterator<String> iterator = before.iterator();
    iterator.next();
    requireUnsupported("keys().iterator().remove", iterator::remove);
    assertEquals(Set.of("later"), space().keys(), "keys after changes that were refused");
  }

  private static void requireUnsupported(String what, Runnable change) {
    thrownBy(
        UnsupportedOperationException.class,
        what,
        () -> {
          change.run();
          return "normally";
        });
  }

  @Test
  void prb3_aKeyThatHoldsEntriesThroughoutIsThereAndOneThatNeverHadAnyIsNot() {
    int count = rounds(300);
    Stage.Patience moments = stage().moments();
    int stable = 20;
    for (int i = 0; i < stable; i++) {
      space().out("stable-" + i, "1");
    }
    Actor<Boolean> changing =
        start(
            "keys that come and go",
            () -> {
              for (int i = 0; i < count || !moments.isExhausted(); i++) {
                space().out("passing-" + i, "1");
                space().inp("passing-" + i);
                space().inp("never-" + i);
                // One of which the entries come and go, but never all.
                space().out("stable-0", "1");
                space().inp("stable-0");
              }
              return true;
            });
    while (!changing.isDone()) {
      Set<String> keys = space().keys();
      for (int i = 0; i < stable; i++) {
        assertTrue(keys.contains("stable-" + i), "a key that is always there is missing");
      }
      for (String key : keys) {
        assertFalse(key.startsWith("never"), "a key that never held an entry: " + key);
      }
    }
    changing.result();
    assertEquals(stable, space().keys().size(), "keys in the end");
  }

  @Test
  void prb4_keysWithoutEntriesAndWaitersLeaveNothingBehind() {
    int most = rounds(stage().encodes() ? 50_000 : 1_000_000);
    useKeys(1_000, LONGEST);
    long before = Heap.used();
    long keys = useKeys(most, LONGEST);
    long left = Heap.used() - before;
    stage().report("keys used", keys);
    // The contract allows 10 bytes a key, which a hash table that has grown uses up. The collector
    // may count its array as half as much again; who leaks keys leaves 32 bytes and more of each.
    long limit = 16 * keys + 500_000;
    assertEquals(Set.of(), space().keys());
    assertTrue(
        left < limit, keys + " idle keys left " + left + " bytes behind, the limit is " + limit);
  }

  @Test
  void prb4_waitsInVainLeaveNothingBehindAlsoBehindOneThatGoesOn() {
    startBlocked(Wait.IN, "waited on");
    startBlocked(Wait.RD, "waited on");
    waitInVain(WAITS / 50, LONGEST);
    long before = Heap.used();
    long waits = waitInVain(rounds(WAITS), LONGEST);
    long left = Heap.used() - before;
    stage().report("waits in vain", waits);
    long limit = 4 * waits + 500_000;
    assertTrue(left < limit, waits + " waits left " + left + " bytes, the limit is " + limit);
  }

  @Test
  void prb4_aKeyThatWasWaitedOnInVainLeavesNothingBehind() {
    waitOnEverNewKeys("before", 500, LONGEST.dividedBy(10));
    long before = Heap.used();
    long waits = waitOnEverNewKeys("after", rounds(WAITS / 6), LONGEST.dividedBy(5));
    long left = Heap.used() - before;
    stage().report("keys waited on", waits);
    long limit = 16 * waits + 500_000;
    assertTrue(
        left < limit,
        waits + " keys that were waited on left " + left + " bytes, the limit is " + limit);
  }

  /** By several callers; long enough that each really waits. */
  private long waitOnEverNewKeys(String name, int most, Duration longest) {
    Stage.Patience time = stage().atMost(longest);
    return share(
        "waits in vain on ever new keys",
        WAITERS,
        caller -> {
          int waits = 0;
          for (; waits < most / WAITERS && !time.isExhausted(); waits++) {
            String key = name + "-" + caller + "-" + waits;
            assertEquals(
                Optional.empty(), waits % 2 == 0 ? space().in(key, SHORT) : space().rd(key, SHORT));
          }
          return waits;
        });
  }

  /** By several callers; long enough that each joins those who wait. */
  private long waitInVain(int most, Duration longest) {
    Stage.Patience time = stage().atMost(longest);
    return share(
        "waits in vain",
        WAITERS,
        caller -> {
          String key = caller % 4 < 2 ? "waited on" : "waited on alone";
          int waits = 0;
          for (; waits < most / WAITERS && !time.isExhausted(); waits++) {
            Optional<String> found =
                caller % 2 == 0 ? space().in(key, SHORT) : space().rd(key, SHORT);
            assertEquals(Optional.empty(), found);
          }
          return waits;
        });
  }

  /**
   * Has so many keys, or as many as the time allows, hold an entry all at once, and empties them.
   */
  private long useKeys(int most, Duration longest) {
    Stage.Patience time = stage().atMost(longest);
    // By several callers, where each call takes a journey.
    int callers = stage().promises(Capability.SHARED) ? WAITERS : 1;
    return share(
        "uses keys",
        callers,
        caller -> {
          int keys = 0;
          for (; keys < most / callers && !time.isExhausted(); keys++) {
            space().out("idle-" + caller + "-" + keys, "1");
            if (keys % 5 == 0) {
              space().out("idle-" + caller + "-" + keys, "2");
            }
          }
          for (int i = 0; i < keys; i++) {
            if (i % 5 == 0) {
              space().inp("idle-" + caller + "-" + i);
            }
            empty(caller + "-" + i, i);
          }
          return keys;
        });
  }

  private void empty(String name, int way) throws InterruptedException {
    String key = "idle-" + name;
    Optional<String> taken =
        switch (way % 4) {
          case 0 -> space().inp(key);
          case 1 -> Optional.of(space().in(key));
          case 2 -> space().in(key, LONG);
          default -> space().in(key, Duration.ZERO);
        };
    assertTrue(taken.isPresent(), "the entry of " + key + " is lost");
    Duration vain = way % 8 < 4 ? Duration.ofNanos(1) : Duration.ZERO;
    if (way % 2 == 0) {
      space().in(key, vain);
      space().rdp("probed-" + name);
    } else {
      if (way % 4 == 1) {
        space().inp("tried-" + name);
      }
      space().rd("waited-" + name, vain);
      space().len("counted-" + name);
    }
    if (way % 4 == 3) {
      Thread.currentThread().interrupt();
      thrownBy(
          InterruptedException.class, "an interrupted wait", () -> space().in("ended-" + name));
    }
  }

  @Test
  void prb4_valuesThatWereTakenAreNotKept() throws InterruptedException {
    passValues(20);
    long before = Heap.used();
    int count = rounds(VALUES);
    long size = passValues(count);
    long left = Heap.used() - before;
    assertTrue(
        left < Math.max(size / 4, 2_000_000),
        count + " values, of " + size + " bytes, that were written and taken left " + left);
  }

  /** Writes and takes large values, each of its own; returns how much. */
  private long passValues(int count) throws InterruptedException {
    long size = 0;
    for (int i = 0; i < count; i++) {
      String value = (char) ('a' + i % 26) + "v".repeat(LARGE);
      size += value.length();
      String key = KEY + i % 10;
      space().out(key, value);
      assertEquals(Optional.of(value), space().rdp(key), "rdp of a large value");
      Optional<String> taken = i % 2 == 0 ? space().inp(key) : Optional.of(space().in(key));
      assertEquals(Optional.of(value), taken, "a large value");
    }
    return size;
  }

  @Test
  void prb4_valuesThatWereWaitedForAreNotKept() {
    passValuesToOneThatWaits(20);
    long before = Heap.used();
    int count = rounds(VALUES);
    long size = passValuesToOneThatWaits(count);
    long left = Heap.used() - before;
    assertTrue(
        left < Math.max(size / 4, 2_000_000),
        count + " values, of " + size + " bytes, that were waited for left " + left);
  }

  /** Writes large values, each when somebody waits for it; returns how much. */
  private long passValuesToOneThatWaits(int count) {
    AtomicInteger received = new AtomicInteger();
    Actor<Long> waiter =
        start(
            "one that waits for large values",
            () -> {
              long size = 0;
              for (int i = 0; i < count; i++) {
                Wait wait = Wait.ALL.get(i % 4);
                String key = KEY + i % 10;
                size += wait.call().on(space(), key).orElseThrow().length();
                if (!wait.takes()) {
                  space().inp(key);
                }
                received.incrementAndGet();
              }
              return size;
            });
    for (int i = 0; i < count; i++) {
      int number = i;
      stage().await("one that waits for value " + i, () -> received.get() == number);
      stage().await("one that waits", () -> waiter.isWaiting() || waiter.isDone());
      space().out(KEY + i % 10, (char) ('a' + i % 26) + "w".repeat(LARGE));
    }
    return waiter.result();
  }

  @Test
  void prb4_waitsThatAnEntryOrAnInterruptEndsLeaveNothingBehind() throws InterruptedException {
    endWaits(500, LONGEST.dividedBy(10));
    long before = Heap.used();
    long waits = endWaits(rounds(ENDED_WAITS), LONGEST.dividedBy(3));
    long left = Heap.used() - before;
    stage().report("waits ended", waits);
    long limit = 16 * waits + 500_000;
    assertEquals(Set.of(), space().keys());
    assertTrue(left < limit, waits + " waits left " + left + " bytes, the limit is " + limit);
  }

  /**
   * Ends waits on ever different keys, by an interrupt and by an entry in turn, while the waiter is
   * about to wait or waits.
   */
  private long endWaits(int most, Duration longest) throws InterruptedException {
    Stage.Effort effort = stage().effort(most, longest);
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    AtomicBoolean isOver = new AtomicBoolean();
    Actor<?> waiter =
        start(
            "waits to be ended",
            () -> {
              while (!isOver.get()) {
                int number = begun.incrementAndGet();
                String key = "ended-" + number;
                try {
                  switch (number / 2 % 4) {
                    case 0 -> space().in(key);
                    case 1 -> space().in(key, LONG);
                    case 2 -> space().rd(key);
                    default -> space().rd(key, LONG);
                  }
                } catch (InterruptedException | IndeterminateException e) {
                  // As it was meant to end; nothing was there to be taken.
                }
                ended.set(number);
              }
              return null;
            });
    int waits = 0;
    while (effort.goesOnAfter(waits)) {
      waits++;
      int number = waits;
      Stage.Patience patience = stage().patience();
      while (begun.get() < number && !patience.isExhausted()) {
        Thread.onSpinWait();
      }
      spin(2_000);
      if (number % 2 == 0) {
        waiter.interrupt();
      } else {
        space().out("ended-" + number, "1");
      }
      stage().await("the end of wait " + number, () -> ended.get() >= number);
      if (number % 2 == 1) {
        // A reader has left it there.
        space().inp("ended-" + number);
      }
    }
    isOver.set(true);
    waiter.interrupt();
    waiter.result();
    return waits;
  }

  private interface Part {
    int play(int caller) throws InterruptedException;
  }

  /** Has several callers play a part each; returns the sum of what they return. */
  private long share(String what, int callers, Part part) {
    List<Actor<Integer>> actors = new ArrayList<>();
    for (int c = 0; c < callers; c++) {
      int caller = c;
      actors.add(start(what, () -> part.play(caller)));
    }
    return actors.stream()
        .mapToLong(actor -> actor.result(stage().patienceTime().multipliedBy(10)))
        .sum();
  }
}
