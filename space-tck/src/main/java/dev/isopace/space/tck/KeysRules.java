package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** PRB-3: the list of keys. */
abstract class KeysRules extends Rules {
  private static final String KEY = "keys";

  private static final int MANY_KEYS = 100_000;

  /**
   * More than the 10,000 that a server or a database may list at most, also where time is short.
   */
  private static final int MANY_ENCODED_KEYS = 20_000;

  /** The number of calls that meet at one key: every second one writes, the others take. */
  private static final int MEETING = 4;

  private static final int RACERS = 3;

  /** Long enough for one to wait for the call that comes next. */
  private static final Duration SHORT = Duration.ofNanos(50_000);

  /** The longest time for work that takes longer where each call has to travel. */
  private static final Duration LONGEST = Duration.ofSeconds(6);

  @Test
  void prb3_keysAreThoseThatHoldEntries() {
    requireKeys(Set.of(), space().keys(), "keys of an empty space");
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
    requireKeys(expected, space().keys(), "keys");
    for (int i = 0; i < 100; i += 2) {
      space().inp(KEY + i);
      expected.remove(KEY + i);
      space().rdp(KEY + (i + 1));
    }
    requireKeys(expected, space().keys(), "keys after every second one was emptied");
    space().inp(KEY + 1);
    expected.remove(KEY + 1);
    space().out(KEY + 0, "1");
    expected.add(KEY + 0);
    requireKeys(expected, space().keys(), "keys, as many as before, of which one is another");
    space().out("waited on", "1");
    taker.result();
    requireKeys(expected, space().keys(), "keys after one that waited has emptied its own");
  }

  @Test
  void prb3_aKeyIsThereAgainThatOneOfSeveralWhoWaitHasEmptied() {
    for (int i = 0; i < rounds(10); i++) {
      String key = KEY + i;
      List<Actor<Optional<String>>> takers =
          Wait.TAKES.stream().map(wait -> startBlocked(wait, key)).toList();
      space().out(key, "1");
      stage().await("one of two takers", () -> takers.stream().anyMatch(Actor::isDone));
      // At once: so the key is not idle in between, unless the taker that is left wakes sooner.
      space().out(key, "2");
      space().out(key, "3");
      takers.forEach(Actor::result);
      requireKeys(
          Set.of(key), space().keys(), "keys after two takers took two of three entries, in turn");
      space().inp(key);
    }
  }

  @Test
  void prb3_keysAreAllHoweverManyThereAre() {
    int most = rounds(stage().encodes() ? MANY_ENCODED_KEYS : MANY_KEYS);
    Stage.Effort effort = stage().effort(most, Duration.ofSeconds(1));
    Set<String> expected = new HashSet<>();
    for (int i = 0; effort.goesOnAfter(i); i++) {
      space().out(KEY + i, "1");
      expected.add(KEY + i);
    }
    Set<String> keys = space().keys();
    requireKeys(expected, keys, "keys");
  }

  @Test
  void prb3_theSetIsASnapshotThatNobodyCanChange() {
    Set<String> none = space().keys();
    thrownBy(
        UnsupportedOperationException.class,
        "keys().add, of an empty space",
        () -> none.add("more"));
    space().out(KEY, "1");
    requireKeys(Set.of(), none, "a snapshot of an empty space after out");
    Set<String> before = space().keys();
    space().out("later", "1");
    space().inp(KEY);
    requireKeys(Set.of(KEY), before, "a snapshot after changes in the space");
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
    requireKeys(Set.of("later"), space().keys(), "keys after changes that were refused");
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
                // A key whose entries come and go, but never all of them.
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
  void prb3_manyKeysThatHoldEntriesThroughoutAreThereWhileSeveralChangeOthers() {
    Stage.Effort effort = stage().effort(rounds(2_000), LONGEST.dividedBy(24));
    Set<String> stable = new HashSet<>();
    for (int i = 0; effort.goesOnAfter(i); i++) {
      space().out("stable-" + i, "1");
      stable.add("stable-" + i);
    }
    AtomicBoolean isOver = new AtomicBoolean();
    List<Actor<?>> changing = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      changing.add(
          start(
              "keys that come and go",
              () -> {
                for (int i = 0; !isOver.get(); i++) {
                  space().out(name + "-" + i, "1");
                  space().inp(name + "-" + i);
                }
                return null;
              }));
    }
    Stage.Patience time = stage().atMost(LONGEST.dividedBy(24));
    try {
      do {
        Set<String> found = new HashSet<>(space().keys());
        found.retainAll(stable);
        requireKeys(stable, found, "keys that hold an entry throughout, while others come and go");
      } while (!time.isExhausted());
    } finally {
      isOver.set(true);
    }
    changing.forEach(Actor::result);
  }

  @Test
  void prb3_keysAreThoseThatHoldEntriesOnceAllWhoWroteAndTookAtTheSameTimeAreDone() {
    Stage.Effort effort = stage().effort(rounds(40_000), LONGEST.dividedBy(24));
    AtomicInteger calls = new AtomicInteger();
    List<Actor<?>> racers = new ArrayList<>();
    for (int i = 0; i < RACERS; i++) {
      racers.add(
          start(
              "one of several who write and take the same few entries",
              () -> {
                int call = calls.getAndIncrement();
                for (; effort.goesOnAfter(call); call = calls.getAndIncrement()) {
                  race(call);
                }
                return null;
              }));
    }
    racers.forEach(Actor::result);
    List<String> keys =
        IntStream.rangeClosed(0, calls.get() / MEETING).mapToObj(i -> KEY + i).toList();
    Set<String> expected = new HashSet<>();
    for (String key : keys) {
      if (space().len(key) > 0) {
        expected.add(key);
      }
    }
    requireKeys(expected, space().keys(), "keys after several wrote and took at the same time");
    for (String key : expected) {
      DurableRules.drain(space(), key);
    }
    requireKeys(
        Set.of(), space().keys(), "keys after all were emptied that several had written and taken");
  }

  /** Makes one of the calls that meet at a key, of which each thread makes the next one. */
  private void race(int call) throws InterruptedException {
    int meeting = call / MEETING;
    String key = KEY + meeting;
    if (call % 2 == 0) {
      space().out(key, "1");
    } else if (meeting % 8 == 0) {
      space().in(key, SHORT);
    } else {
      space().inp(key);
    }
  }
}
