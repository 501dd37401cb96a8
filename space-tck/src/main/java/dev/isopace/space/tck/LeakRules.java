package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** PRB-4: what idle keys, and values that were taken, leave behind. */
abstract class LeakRules extends Rules {
  private static final String KEY = "leaks";

  /**
   * The number of waits: enough to distinguish what they leave behind from what the virtual machine
   * keeps.
   */
  private static final int WAITS = 150_000;

  private static final int WAITERS = 8;

  private static final int ENDED_WAITS = 20_000;

  /** The time after which an interrupt that was not noticed is repeated. */
  private static final long UNNOTICED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int FAILED_CALLS = 15_000;

  private static final int VALUES = 300;

  private static final int LARGE = 50_000;

  /** The longest time for work that takes longer where each call has to travel. */
  private static final Duration LONGEST = Duration.ofSeconds(6);

  private static final Duration SHORT = Duration.ofNanos(100_000);

  @Test
  void prb4_keysWithoutEntriesAndWaitersLeaveNothingBehind() throws InterruptedException {
    requireMeasurableHeap();
    int most = rounds(stage().encodes() ? 50_000 : 1_000_000);
    useKeys("", 1_000, LONGEST);
    // The contract allows 10 bytes a key, which a hash table that has grown uses up. The collector
    // may count its array as half as much again; a space that leaks keys leaves 32 bytes or more
    // of each.
    Leak leak =
        leakOf("keys used", keys -> 16 * keys + 500_000, name -> useKeys(name, most, LONGEST));
    requireKeys(Set.of(), space().keys(), "keys after all were emptied");
    assertTrue(
        !leak.isOne(),
        () ->
            leak.uses()
                + " idle keys left "
                + leak
                + thoseThatLeak(waysToUse(), Math.min(most, 20_000)));
  }

  /** The memory that a number of uses has left behind, and its limit. */
  private record Leak(long uses, long left, long limit) {
    boolean isOne() {
      return left >= limit;
    }

    @Override
    public String toString() {
      return left + " bytes behind, the limit is " + limit;
    }
  }

  /** Uses the space many times, with keys that begin with a name; returns how often. */
  private interface Use {
    long play(String name) throws InterruptedException;
  }

  /**
   * Measures what heavy use leaves behind; if that is too much, what as much use leaves once more.
   * By then a cache, or a table that grows, is filled, while a leak goes on.
   *
   * @param what by what name to report how often it was used, if at all
   */
  private Leak leakOf(String what, LongUnaryOperator limit, Use use) throws InterruptedException {
    Leak leak = measure("one", limit, use);
    if (!what.isEmpty()) {
      stage().report(what, leak.uses());
    }
    return leak.isOne() ? measure("two", limit, use) : leak;
  }

  private static Leak measure(String name, LongUnaryOperator limit, Use use)
      throws InterruptedException {
    long before = Heap.used();
    long uses = use.play(name);
    long left = Heap.used() - before;
    return new Leak(uses, left, limit.applyAsLong(uses));
  }

  /** Uses a key in one way. */
  private interface Way {
    void of(String key) throws InterruptedException;
  }

  /** Returns the ways in which {@link #useKeys} uses keys, each by itself. */
  private Map<String, Way> waysToUse() {
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("out and inp", key -> outAnd(key, space()::inp));
    ways.put("out and in", key -> outAnd(key, space()::in));
    ways.put("out and timed in", key -> outAnd(key, each -> space().in(each, LONG)));
    ways.put(
        "out and in with timeout 0", key -> outAnd(key, each -> space().in(each, Duration.ZERO)));
    ways.put("in with timeout 0 in vain", key -> space().in(key, Duration.ZERO));
    ways.put("timed in in vain", key -> space().in(key, Duration.ofNanos(1)));
    ways.put("rd with timeout 0 in vain", key -> space().rd(key, Duration.ZERO));
    ways.put("timed rd in vain", key -> space().rd(key, Duration.ofNanos(1)));
    ways.put("inp in vain", key -> space().inp(key));
    ways.put("rdp in vain", key -> space().rdp(key));
    ways.put("len of a key without entries", key -> space().len(key));
    ways.put("in by an interrupted thread", this::interruptedIn);
    return ways;
  }

  /** Describes which ways of using a key leave something behind, each by itself. */
  private String thoseThatLeak(Map<String, Way> ways, int most) {
    StringBuilder text = new StringBuilder("; by itself,");
    int found = text.length();
    ways.forEach(
        (name, way) -> {
          Leak leak =
              start(name, () -> measureAlone(name, most, way)).result(LONGEST.multipliedBy(10));
          if (leak.isOne()) {
            text.append(text.length() == found ? " " : ", ");
            text.append(name).append(" leaves ").append(leak.left() / leak.uses());
            text.append(" bytes a key");
          }
        });
    return text.length() == found ? "; no way to use a key does so by itself" : text.toString();
  }

  private void outAnd(String key, Way way) throws InterruptedException {
    space().out(key, "1");
    way.of(key);
  }

  private void interruptedIn(String key) {
    Thread.currentThread().interrupt();
    thrownBy(InterruptedException.class, "an interrupted wait", () -> space().in(key));
  }

  private Leak measureAlone(String name, int most, Way way) throws InterruptedException {
    return measure(
        name,
        uses -> 16 * uses + 100_000,
        prefix -> {
          Stage.Patience time = stage().atMostOnce(LONGEST.dividedBy(6));
          int uses = 0;
          do {
            way.of(prefix + " " + uses++);
          } while (uses < most && !time.isExhausted());
          return uses;
        });
  }

  @Test
  void prb4_callsThatFailLeaveNoKeyBehind() throws InterruptedException {
    requireMeasurableHeap();
    Space<String> space = stage().open(failingCodec());
    Map<String, Way> ways = new LinkedHashMap<>();
    String refused = "out of a key with half a surrogate pair";
    ways.put(
        refused,
        key ->
            thrownBy(
                IllegalArgumentException.class, refused, () -> space.out(key + '\uD800', "1")));
    if (stage().encodes()) {
      String failed = "out whose codec throws";
      ways.put(failed, key -> thrownBy(SpaceException.class, failed, () -> space.out(key, "1")));
    }
    failCalls("before", ways, 500);
    Leak leak =
        leakOf(
            "", calls -> 16 * calls + 500_000, name -> failCalls(name, ways, rounds(FAILED_CALLS)));
    requireKeys(Set.of(), space.keys(), "keys after calls that failed");
    assertTrue(
        !leak.isOne(),
        () -> leak.uses() + " calls that failed left " + leak + thoseThatLeak(ways, FAILED_CALLS));
  }

  /** Makes calls that fail in these ways, each with a key of its own. */
  private long failCalls(String name, Map<String, Way> ways, int most) throws InterruptedException {
    Stage.Effort effort = stage().effort(most, LONGEST.dividedBy(20));
    long calls = 0;
    for (int i = 0; effort.goesOnAfter(i); i++) {
      for (Way way : ways.values()) {
        way.of("failed-" + name + "-" + calls++);
      }
    }
    return calls;
  }

  @Test
  void prb4_waitsInVainLeaveNothingBehindAlsoBehindOneThatGoesOn() throws InterruptedException {
    requireMeasurableHeap();
    startBlocked(Wait.IN, "waited on");
    startBlocked(Wait.RD, "waited on");
    waitInVain(WAITS / 50, LONGEST);
    Leak leak =
        leakOf(
            "waits in vain",
            waits -> 4 * waits + 500_000,
            name -> waitInVain(rounds(WAITS), LONGEST));
    assertTrue(!leak.isOne(), () -> leak.uses() + " waits left " + leak);
  }

  @Test
  void prb4_aKeyThatWasWaitedOnInVainLeavesNothingBehind() throws InterruptedException {
    requireMeasurableHeap();
    waitOnEverNewKeys("before", 500, LONGEST.dividedBy(10));
    Leak leak =
        leakOf(
            "keys waited on",
            waits -> 16 * waits + 500_000,
            name -> waitOnEverNewKeys(name, rounds(WAITS / 6), LONGEST.dividedBy(5)));
    assertTrue(!leak.isOne(), () -> leak.uses() + " keys that were waited on left " + leak);
  }

  /** Has several callers wait on ever new keys, long enough that each really waits. */
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

  /** Has several callers wait on shared keys, long enough that each joins those that wait. */
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
   * Has up to {@code most} keys, as the time allows, hold an entry all at once, and empties them.
   */
  private long useKeys(String name, int most, Duration longest) {
    Stage.Patience time = stage().atMost(longest);
    // By several callers, where each call takes a journey.
    int callers = stage().promises(Capability.SHARED) ? WAITERS : 1;
    return share(
        "uses keys",
        callers,
        caller -> {
          int keys = 0;
          for (; keys < most / callers && !time.isExhausted(); keys++) {
            space().out("idle-" + name + caller + "-" + keys, "1");
            if (keys % 5 == 0) {
              space().out("idle-" + name + caller + "-" + keys, "2");
            }
          }
          // The shortest wait in vain may take as long as a timer's tick.
          Stage.Patience waiting = stage().atMost(longest);
          for (int i = 0; i < keys; i++) {
            if (i % 5 == 0) {
              space().inp("idle-" + name + caller + "-" + i);
            }
            empty(name + caller + "-" + i, i, /* mayWait= */ !waiting.isExhausted());
          }
          return keys;
        });
  }

  private void empty(String name, int way, boolean mayWait) throws InterruptedException {
    String key = "idle-" + name;
    Optional<String> taken =
        switch (way % 4) {
          case 0 -> space().inp(key);
          case 1 -> Optional.of(space().in(key));
          case 2 -> space().in(key, LONG);
          default -> space().in(key, Duration.ZERO);
        };
    assertTrue(taken.isPresent(), "the entry of " + key + " is lost");
    Duration vain = mayWait && way % 8 < 4 ? Duration.ofNanos(1) : Duration.ZERO;
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
    requireMeasurableHeap();
    passValues("", 20);
    int count = rounds(VALUES);
    Leak leak = leakOf("", LeakRules::limitOf, name -> passValues(name, count));
    assertTrue(
        !leak.isOne(),
        () ->
            count
                + " values, of "
                + leak.uses()
                + " bytes, that were written and taken left "
                + leak);
  }

  private static long limitOf(long size) {
    return Math.max(size / 4, 2_000_000);
  }

  /** Writes and takes large values, each different; returns their total size. */
  private long passValues(String name, int count) throws InterruptedException {
    long size = 0;
    for (int i = 0; i < count; i++) {
      String value = (char) ('a' + i % 26) + "v".repeat(LARGE);
      size += value.length();
      String key = KEY + name + i % 10;
      space().out(key, value);
      assertEquals(Optional.of(value), space().rdp(key), "rdp of a large value");
      Optional<String> taken = i % 2 == 0 ? space().inp(key) : Optional.of(space().in(key));
      assertEquals(Optional.of(value), taken, "a large value");
    }
    return size;
  }

  @Test
  void prb4_valuesThatWereWaitedForAreNotKept() throws InterruptedException {
    requireMeasurableHeap();
    passValuesToOneThatWaits("", 20);
    int count = rounds(VALUES);
    Leak leak = leakOf("", LeakRules::limitOf, name -> passValuesToOneThatWaits(name, count));
    assertTrue(
        !leak.isOne(),
        () -> count + " values, of " + leak.uses() + " bytes, that were waited for left " + leak);
  }

  /** Writes large values, each when somebody waits for it; returns their total size. */
  private long passValuesToOneThatWaits(String name, int count) {
    AtomicInteger received = new AtomicInteger();
    Actor<Long> waiter =
        start(
            "one that waits for large values",
            () -> {
              long size = 0;
              for (int i = 0; i < count; i++) {
                Wait wait = Wait.ALL.get(i % 4);
                String key = KEY + name + i % 10;
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
      space().out(KEY + name + i % 10, (char) ('a' + i % 26) + "w".repeat(LARGE));
    }
    return waiter.result();
  }

  @Test
  void prb4_waitsThatAnEntryOrAnInterruptEndsLeaveNothingBehind() throws InterruptedException {
    requireMeasurableHeap();
    endWaits("ended-", 500, LONGEST.dividedBy(10));
    Leak leak =
        leakOf(
            "waits ended",
            waits -> 16 * waits + 500_000,
            name -> endWaits("ended-" + name, rounds(ENDED_WAITS), LONGEST.dividedBy(3)));
    requireKeys(Set.of(), space().keys(), "keys after all waits have ended");
    assertTrue(!leak.isOne(), () -> leak.uses() + " waits left " + leak);
  }

  /**
   * Ends waits on ever different keys, by an interrupt and by an entry in turn, while the waiter is
   * about to wait or waits.
   */
  private long endWaits(String name, int most, Duration longest) throws InterruptedException {
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
                String key = name + number;
                try {
                  waitOf(number).call().on(space(), key);
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
      boolean byEntry = number % 2 == 1;
      if (byEntry) {
        space().out(name + number, "1");
      } else {
        waiter.interrupt();
      }
      awaitEnd(number, ended, waiter);
      if (byEntry) {
        tidyAfter(waitOf(number), name + number);
      }
    }
    isOver.set(true);
    waiter.interrupt();
    waiter.result();
    return waits;
  }

  /**
   * Returns the kind of a wait: each kind comes twice in a row, once to be ended by an interrupt
   * and once by an entry.
   */
  private static Wait waitOf(int number) {
    return Wait.ALL.get(number / 2 % Wait.ALL.size());
  }

  private void awaitEnd(int number, AtomicInteger ended, Actor<?> waiter) {
    long since = System.nanoTime();
    stage()
        .await(
            "the end of wait " + number,
            () -> {
              if (waiter.isInterrupted() && System.nanoTime() - since > UNNOTICED_NANOS) {
                // Some virtual machines wake nobody if it comes as the thread enters a channel.
                waiter.interrupt();
              }
              return ended.get() >= number;
            });
  }

  private void tidyAfter(Wait wait, String key) {
    if (wait.takes()) {
      // Nobody comes who would tidy up: this only looks.
      assertEquals(0, space().len(key), "len after one who waited took the entry");
    } else {
      space().inp(key);
    }
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
