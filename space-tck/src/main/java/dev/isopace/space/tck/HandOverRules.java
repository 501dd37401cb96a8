package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** IN-6 and IN-8: who is woken, and in which order. */
abstract class HandOverRules extends Rules {
  private static final String KEY = "waiting";
  private static final Duration PASSING = Duration.ofSeconds(1);
  private static final Duration LET_GO = Duration.ofMillis(50);
  private static final String LAST = "last";
  private static final int KEYS = 200;

  /** Beyond 10,000 and 65,536, after which a table may forget what was used before. */
  private static final int MANY_KEYS = 70_000;

  /** A time longer than any to which a space could wrongly cut a wait. */
  private static final Duration QUITE_LONG = Duration.ofMillis(3_200);

  @Test
  void in2_aLongWaitIsNotCutShort() {
    List<Actor<Optional<String>>> waiters =
        Wait.ALL.stream().map(wait -> startBlocked(wait, keyOf(wait.takes()))).toList();
    // Twice, at different times: whatever holds the whole process up may make one late.
    List<Map<String, Actor<Long>>> batches = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      batches.add(startShorter());
      stage().letPassIdly(QUITE_LONG.dividedBy(4));
    }
    stage().letPassIdly(QUITE_LONG.dividedBy(2));
    Actor.awaitAllBlocked(stage(), waiters);
    for (String what : batches.get(0).keySet()) {
      long late =
          batches.stream()
              .mapToLong(batch -> Objects.requireNonNull(batch.get(what)).result())
              .min()
              .orElseThrow();
      assertTrue(
          late < stage().promptly().toNanos(),
          what + " was empty " + late / 1_000_000 + " ms after its time was over, or later");
    }
    Wait.ALL.forEach(wait -> space().out(keyOf(wait.takes()), "1"));
    for (int i = 0; i < waiters.size(); i++) {
      assertEquals(
          Optional.of("1"),
          waiters.get(i).result(),
          "what " + Wait.ALL.get(i) + " got after " + QUITE_LONG.toMillis() + " ms");
    }
  }

  /**
   * Returns the key for takers or readers, which differ where the space is SHARED: a reader may
   * miss what a taker takes.
   */
  private static String keyOf(boolean takes) {
    return takes ? KEY : KEY + " and reading";
  }

  /** Starts waits of about a second; each returns how late it ended. */
  private Map<String, Actor<Long>> startShorter() {
    Map<String, Actor<Long>> waits = new LinkedHashMap<>();
    for (int millis : new int[] {250, 700, 1_250, 1_999}) {
      Duration timeout = Duration.ofMillis(millis);
      for (boolean takes : new boolean[] {true, false}) {
        String what = (takes ? "in" : "rd") + " with a timeout of " + millis + " ms";
        waits.put(
            what,
            start(
                what,
                () -> {
                  String key = keyOf(takes);
                  long begin = System.nanoTime();
                  assertEquals(
                      Optional.empty(),
                      takes ? space().in(key, timeout) : space().rd(key, timeout));
                  long late = System.nanoTime() - begin - timeout.toNanos();
                  assertTrue(late >= 0, what + " was empty " + -late + " ns early");
                  return late;
                }));
      }
    }
    return waits;
  }

  @Test
  void in2_aLostRaceDoesNotEndAWait() {
    for (int i = 0; i < rounds(30); i++) {
      String key = KEY + i;
      Actor<Optional<String>> taker = startBlocked(Wait.TAKES.get(i % 2), key);
      space().out(key, "1");
      if (space().inp(key).isPresent()) {
        taker.awaitBlocked();
        space().out(key, "1");
      }
      assertEquals(Optional.of("1"), taker.result(), "what a taker got after a lost race, if any");
      // A reader of a SHARED space may have missed the first one.
      Actor<Optional<String>> reader = startBlocked(Wait.READS.get(i % 2), key);
      space().out(key, "2");
      space().inp(key);
      Stage.pause();
      space().out(key, "2");
      assertEquals(
          Optional.of("2"), reader.result(), "what a reader got after a lost race, if any");
      space().inp(key);
    }
  }

  @Test
  void in6_ofTheWaitersOfManyKeysTheRightOneIsWoken() {
    // Some of equal hash codes, some that differ in case or in how a letter is composed.
    List<String> keys = new ArrayList<>(List.of("Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa"));
    keys.addAll(List.of("Key", "key", "\u00E9", "e\u0301"));
    for (int i = keys.size(); i < KEYS; i++) {
      keys.add(KEY + i);
    }
    List<Actor<Optional<String>>> takers = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      Wait wait = Wait.TAKES.get(i % 2);
      String key = keys.get(i);
      takers.add(start(wait + " of " + key, () -> wait.call().on(space(), key)));
    }
    Actor.awaitAllBlocked(stage(), takers);
    // The last one first, while the others wait before it.
    for (int i = KEYS - 1; i >= 0; i--) {
      String key = keys.get(i);
      space().out(key, "of " + key);
      assertEquals(
          Optional.of("of " + key), takers.get(i).result(), "the taker of " + key + ", of " + KEYS);
    }
  }

  @Test
  void in6_aWaiterIsNotForgottenWhileManyOtherKeysAreUsed() {
    Map<Wait, Actor<Optional<String>>> waiters = new LinkedHashMap<>();
    for (Wait wait : Wait.ALL) {
      waiters.put(wait, startBlocked(wait, KEY + wait));
    }
    Stage.Effort effort = stage().effort(rounds(MANY_KEYS), PASSING);
    int used = 0;
    for (; effort.goesOnAfter(used); used++) {
      space().out("other" + used, "1");
      space().inp("other" + used);
    }
    for (Wait wait : Wait.ALL) {
      space().out(KEY + wait, "1");
      assertEquals(
          Optional.of("1"),
          Objects.requireNonNull(waiters.get(wait)).result(),
          "what a waiting " + wait + " got after " + used + " other keys had been used");
    }
  }

  @Test
  void in6_anEntryForATakerThatIsInterruptedGoesToTheNext() {
    for (int i = 0; i < rounds(100); i++) {
      String key = KEY + i;
      Actor<Optional<String>> first = startBlocked(Wait.TAKES.get(i % 2), key);
      Actor<Optional<String>> second = startBlocked(Wait.TAKES.get(i / 2 % 2), key);
      interruptAndWrite(first, key);
      requireOneOf(first, second, key);
    }
  }

  @Test
  void in6_anEntryForATakerWhoseTimeIsOverGoesToTheNext() {
    Duration timeout = stage().moment().dividedBy(20);
    for (int i = 0; i < rounds(100); i++) {
      String key = KEY + i;
      Actor<Optional<String>> first = start("first", () -> space().in(key, timeout));
      long begin = System.nanoTime();
      Actor<Optional<String>> second = startBlocked(Wait.TAKES.get(i % 2), key);
      writeAtTheEndOf(timeout, begin, key);
      requireOneOf(first, second, key);
    }
  }

  @Test
  void in6_anEntryForAReaderThatIsInterruptedStillWakesTheTaker() {
    for (int i = 0; i < rounds(100); i++) {
      String key = KEY + i;
      Actor<Optional<String>> reader = startBlocked(Wait.READS.get(i % 2), key);
      Actor<Optional<String>> taker = startBlocked(Wait.TAKES.get(i / 2 % 2), key);
      interruptAndWrite(reader, key);
      assertEquals(Optional.of("1"), taker.result(), "what the taker behind the reader got");
    }
  }

  @Test
  void in6_anEntryForAReaderWhoseTimeIsOverStillWakesTheTaker() {
    Duration timeout = stage().moment().dividedBy(20);
    for (int i = 0; i < rounds(100); i++) {
      String key = KEY + i;
      Actor<Optional<String>> reader = start("reader", () -> space().rd(key, timeout));
      long begin = System.nanoTime();
      Actor<Optional<String>> taker = startBlocked(Wait.TAKES.get(i % 2), key);
      writeAtTheEndOf(timeout, begin, key);
      assertEquals(Optional.of("1"), taker.result(), "what the taker behind the reader got");
      reader.result();
    }
  }

  @Test
  void in6_anEntryForATakerWhoseTimeIsOverGoesToOneOfSeveral() {
    Duration timeout = Duration.ofMillis(10);
    for (int i = 0; i < rounds(20); i++) {
      String key = KEY + i;
      AtomicLong begin = new AtomicLong(System.nanoTime());
      Actor<Optional<String>> first =
          start(
              "first",
              () -> {
                begin.set(System.nanoTime());
                return space().in(key, timeout);
              });
      stage().await("a taker that waits", () -> first.isWaiting() || first.isDone());
      List<Actor<Optional<String>>> others =
          Wait.TAKES.stream()
              .map(wait -> start(wait + " behind the first", () -> wait.call().on(space(), key)))
              .toList();
      Actor.awaitAllBlocked(stage(), others);
      writeAtTheEndOf(timeout, begin.get(), key);
      if (end(first) != End.GAVE_UP) {
        space().out(key, "2");
      }
      stage()
          .await(
              "one of two takers, for an entry that one has left whose time was over",
              () -> others.stream().anyMatch(Actor::isDone));
      space().out(key, "3");
      others.forEach(other -> assertTrue(other.result().isPresent(), "what one of two takers got"));
    }
  }

  @Test
  void in6_whoGivesUpLeavesTheOthersInLine() {
    List<Actor<Optional<String>>> leaving = new ArrayList<>();
    Map<String, Actor<Optional<String>>> staying = new LinkedHashMap<>();
    for (Wait stayer : Wait.ALL) {
      for (Wait leaver : Wait.ALL) {
        String key = stayer + " beside an interrupted " + leaver;
        staying.put(key, start(key, () -> stayer.call().on(space(), key)));
        leaving.add(start(leaver + " to be interrupted", () -> leaver.call().on(space(), key)));
      }
    }
    Actor.awaitAllBlocked(stage(), staying.values());
    Actor.awaitAllBlocked(stage(), leaving);
    leaving.forEach(Actor::interrupt);
    for (Wait stayer : Wait.ALL) {
      for (boolean takes : new boolean[] {true, false}) {
        String key = stayer + " beside " + (takes ? "in" : "rd") + " whose time is over";
        staying.put(key, startBlocked(stayer, key));
        leaving.add(
            start(
                "one whose time is over",
                () -> takes ? space().in(key, LET_GO) : space().rd(key, LET_GO)));
      }
    }
    // One in doubt may take an entry all the same.
    boolean isInDoubt = false;
    for (Actor<Optional<String>> each : leaving) {
      isInDoubt |= end(each) == End.IN_DOUBT;
    }
    int entries = isInDoubt ? 2 : 1;
    staying.forEach(
        (what, waiter) -> {
          for (int i = 0; i < entries; i++) {
            space().out(what, "1");
          }
          assertEquals(Optional.of("1"), waiter.result(), what);
        });
  }

  /** Writes just before or just after the time of a waiter is over. */
  private void writeAtTheEndOf(Duration timeout, long begin, String key) {
    long blow = timeout.toNanos() - stage().random().nextInt(300_000) + 100_000;
    while (System.nanoTime() - begin < blow) {
      Thread.onSpinWait();
    }
    space().out(key, "1");
  }

  @Test
  void in6_whatATakerThatIsInterruptedLeavesStaysAtTheHead() {
    for (int i = 0; i < rounds(100); i++) {
      String key = KEY + i;
      Actor<Optional<String>> first = startBlocked(Wait.TAKES.get(i % 2), key);
      for (int entry = 1; entry <= 3; entry++) {
        if (entry == 1 + i % 3) {
          first.interrupt();
        }
        space().out(key, Integer.toString(entry));
      }
      End end = end(first);
      List<String> left = new ArrayList<>();
      for (Optional<String> e = space().inp(key); e.isPresent(); e = space().inp(key)) {
        left.add(e.get());
      }
      boolean tookOne = end == End.IN_DOUBT ? left.size() == 2 : end == End.TOOK;
      assertEquals(
          tookOne ? List.of("2", "3") : List.of("1", "2", "3"),
          left,
          "what is left by a taker that " + (tookOne ? "returned" : "was interrupted"));
    }
  }

  @Test
  void in6_whatSeveralThatAreInterruptedLeaveStaysInOrder() {
    for (int i = 0; i < rounds(100); i++) {
      String key = KEY + i;
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        takers.add(startBlocked(Wait.TAKES.get((i + t) % 2), key));
      }
      takers.forEach(Actor::interrupt);
      for (int entry = 1; entry <= 4; entry++) {
        space().out(key, Integer.toString(entry));
      }
      takers.forEach(HandOverRules::end);
      List<String> left = new ArrayList<>();
      for (Optional<String> e = space().inp(key); e.isPresent(); e = space().inp(key)) {
        left.add(e.get());
      }
      assertEquals(left.stream().sorted().toList(), left, "what three takers have left");
    }
  }

  @Test
  void in6_whatOneLeavesWhoIsInterruptedAgainAndAgainStaysInOrder() {
    Stage.Patience time = stage().atMost(PASSING.dividedBy(2));
    AtomicInteger ended = new AtomicInteger();
    List<Integer> taken = new ArrayList<>();
    Actor<?> taker = start("a taker that is interrupted", () -> takeToTheEnd(taken, ended));
    AtomicBoolean isOver = new AtomicBoolean();
    Actor<?> interrupting =
        start(
            "interrupts the taker",
            () -> {
              // Where a take takes longer than the pause it must be let go, now and then.
              int seen = -1;
              Stage.Patience moving = stage().atMostOnce(LET_GO);
              while (!isOver.get()) {
                if (ended.get() != seen) {
                  seen = ended.get();
                  moving = stage().atMostOnce(LET_GO);
                }
                if (!moving.isExhausted()) {
                  taker.interrupt();
                }
                Stage.pause();
              }
              return null;
            });
    int written = 0;
    while (written < 30 || !time.isExhausted()) {
      // Several at once, so that an entry which goes to the end passes another.
      for (int i = 0; i < 3; i++) {
        space().out(KEY, Integer.toString(++written));
      }
      int number = written;
      stage().await("that " + number + " entries are taken", () -> ended.get() >= number);
    }
    isOver.set(true);
    interrupting.result();
    space().out(KEY, LAST);
    taker.result();
    for (int i = 1; i < taken.size(); i++) {
      assertTrue(
          taken.get(i) > taken.get(i - 1),
          "entry " + taken.get(i) + " came after " + taken.get(i - 1));
    }
  }

  /** Takes one entry after the other, however often it is interrupted. */
  private @Nullable Void takeToTheEnd(List<Integer> taken, AtomicInteger ended) {
    for (; ; ) {
      try {
        String entry = space().in(KEY);
        if (entry.equals(LAST)) {
          return null;
        }
        taken.add(Integer.valueOf(entry));
        ended.incrementAndGet();
      } catch (InterruptedException e) {
        // As it was meant; nothing was taken.
      } catch (IndeterminateException e) {
        // Whether one was taken is not known.
        ended.incrementAndGet();
      }
    }
  }

  @Test
  void in6_twoWhoTakeByTurnsNeverSleepForEver() {
    for (Wait wait : Wait.TAKES) {
      passToAndFro(wait, key -> wait.call().on(space(), key));
    }
  }

  @Test
  void out2_twoWhoReadByTurnsNeverSleepForEver() {
    for (Wait wait : Wait.READS) {
      passToAndFro(
          wait,
          key -> {
            Optional<String> read = wait.call().on(space(), key);
            assertEquals(read, space().inp(key), "taken after it was read by " + wait);
            return read;
          });
    }
  }

  /** Waits for an entry, and takes it. */
  private interface Receiving {
    Optional<String> from(String key) throws InterruptedException;
  }

  /**
   * Has two callers pass entries to and fro, tens of thousands of times where that is fast: a
   * wake-up that is lost, however seldom, leaves both asleep.
   */
  private void passToAndFro(Wait wait, Receiving receiving) {
    int most = rounds(20_000);
    Stage.Patience time = stage().atMost(PASSING);
    String there = wait + " there";
    String back = wait + " back";
    Actor<?> partner =
        start(
            "passes back by " + wait,
            () -> {
              Optional<String> entry = receiving.from(there);
              while (!entry.equals(Optional.of(LAST))) {
                space().out(back, entry.orElseThrow());
                entry = receiving.from(there);
              }
              return null;
            });
    Actor<Integer> passing =
        start(
            "passes entries by " + wait,
            () -> {
              int passed = 0;
              while (passed < most && !time.isExhausted()) {
                String entry = "e" + passed++;
                space().out(there, entry);
                assertEquals(Optional.of(entry), receiving.from(back));
              }
              space().out(there, LAST);
              return passed;
            });
    passing.result(stage().loaded(PASSING).plus(stage().patienceTime()));
    partner.result();
  }

  @Test
  void in6_severalEntriesWakeSeveralTakers() {
    for (int i = 0; i < rounds(30); i++) {
      String key = KEY + i;
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        takers.add(startBlocked(Wait.TAKES.get(t % 2), key));
      }
      takers.get(stage().random().nextInt(4)).interrupt();
      for (int t = 0; t < 4; t++) {
        space().out(key, "1");
      }
      int taken = 0;
      int doubts = 0;
      for (Actor<Optional<String>> taker : takers) {
        End end = end(taker);
        taken += end == End.TOOK ? 1 : 0;
        doubts += end == End.IN_DOUBT ? 1 : 0;
      }
      assertTrue(taken >= 3, "only " + taken + " of 4 takers got one of 4 entries");
      long left = space().len(key);
      if (doubts == 0 || left != 4 - taken - doubts) {
        assertEquals(4 - taken, left, "entries left by " + taken + " takers");
      }
    }
  }

  @Test
  void in6_asManyTakersAsThereAreAreServed() {
    List<Actor<Optional<String>>> takers = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      Wait wait = Wait.TAKES.get(i % 2);
      takers.add(start(wait + " among many", () -> wait.call().on(space(), KEY)));
    }
    Actor.awaitAllBlocked(stage(), takers);
    Set<String> written = new TreeSet<>();
    for (int i = 0; i < CROWD; i++) {
      written.add("e" + i);
      space().out(KEY, "e" + i);
    }
    LongSupplier served = () -> takers.stream().filter(Actor::isDone).count();
    stage().letPassWhile(stage().watch(served), () -> served.getAsLong() == CROWD);
    assertEquals(
        CROWD,
        served.getAsLong(),
        "takers served by as many entries; entries left: " + space().len(KEY));
    Set<String> taken = new TreeSet<>();
    takers.forEach(taker -> taker.result().ifPresent(taken::add));
    requireKeys(written, taken, "entries that " + CROWD + " takers got");
  }

  /** Interrupts and writes, or writes and interrupts, faster than the thread can wake up. */
  private void interruptAndWrite(Actor<?> waiter, String key) {
    if (stage().random().nextBoolean()) {
      waiter.interrupt();
      spin(2_000);
      space().out(key, "1");
    } else {
      space().out(key, "1");
      spin(2_000);
      waiter.interrupt();
    }
  }

  /** Requires that one of two waiters gets the entry: if not the first, then the second. */
  private void requireOneOf(
      Actor<Optional<String>> first, Actor<Optional<String>> second, String key) {
    End end = end(first);
    if (end != End.GAVE_UP) {
      space().out(key, "2");
    }
    if (end == End.IN_DOUBT && second.result().equals(Optional.of("1"))) {
      assertEquals(Optional.of("2"), space().inp(key), "what is left by the second taker");
    } else {
      assertEquals(
          Optional.of(end == End.GAVE_UP ? "1" : "2"),
          second.result(),
          "what the second taker got");
    }
    assertEquals(0, space().len(key), "entries left");
  }

  private static End end(Actor<Optional<String>> taker) {
    return endOf(taker, InterruptedException.class);
  }

  @Test
  void in8_takersAreServedInTheOrderInWhichTheyBeganToWait() throws Exception {
    assumeFalse(stage().promises(Capability.SHARED), "no order is promised across processes");
    requireOnceSettled(KEY, this::requireOrderOfArrival);
  }

  private void requireOrderOfArrival(String name) {
    for (int round = 0; round < rounds(10); round++) {
      String key = name + round;
      int count = round == 0 ? 150 : 8;
      boolean burst = round % 2 == 0;
      // One that gives up must not disturb the order of the others, nor one that only reads.
      int gone = stage().random().nextInt(count);
      int reads = stage().random().nextInt(count);
      boolean isLate = round % 4 < 2;
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        takers.add(
            isLate && i == gone
                ? startTimed(key)
                : startWithPriority(
                    Thread.NORM_PRIORITY - 1 + i % 3, Wait.TAKES.get((i + round) % 2), key));
        if (i == reads) {
          startBlocked(Wait.READS.get(round % 2), key);
        }
      }
      Actor<Optional<String>> leaving = takers.remove(gone);
      if (isLate) {
        assertEquals(Optional.empty(), leaving.result(), "what came before there was an entry");
      } else {
        leaving.interrupt();
        leaving.failure();
      }
      for (int i = 0; i < takers.size(); i++) {
        space().out(key, "e" + i);
        if (!burst) {
          assertEquals(Optional.of("e" + i), takers.get(i).result(), "taker " + i);
        }
      }
      for (int i = 0; i < takers.size(); i++) {
        assertEquals(Optional.of("e" + i), takers.get(i).result(), "taker " + i);
      }
    }
  }

  /** Starts a caller whose thread has a priority, by which it must not be served. */
  @SuppressWarnings("ThreadPriorityCheck")
  private Actor<Optional<String>> startWithPriority(int priority, Wait wait, String key) {
    return start(
            wait + " of '" + key + "' with priority " + priority,
            () -> {
              Thread.currentThread().setPriority(priority);
              return wait.call().on(space(), key);
            })
        .awaitBlocked();
  }

  /** Starts a caller that waits for a moment, which may be over if the processors are busy. */
  private Actor<Optional<String>> startTimed(String key) {
    Actor<Optional<String>> taker =
        start("in until its time is over", () -> space().in(key, stage().moment()));
    stage().await("a taker that waits", () -> taker.isWaiting() || taker.isDone());
    return taker;
  }

  @Test
  void in8_aTakerThatIsWokenInVainKeepsItsPlace() throws Exception {
    assumeFalse(stage().promises(Capability.SHARED), "no order is promised across processes");
    requireOnceSettled(KEY, this::requireThatAPlaceIsKept);
  }

  private void requireThatAPlaceIsKept(String name) {
    for (int i = 0; i < rounds(30); i++) {
      String key = name + i;
      Actor<Optional<String>> first = startBlocked(Wait.TAKES.get(i % 2), key);
      Actor<Optional<String>> second = startBlocked(Wait.TAKES.get(i / 2 % 2), key);
      space().out(key, "1");
      if (space().inp(key).isPresent()) {
        // It was woken, if at all, for an entry that is gone.
        first.awaitBlocked();
        space().out(key, "1");
      }
      assertEquals(Optional.of("1"), first.result(), "what the taker got that came first");
      space().out(key, "2");
      assertEquals(Optional.of("2"), second.result(), "what the taker got that came second");
    }
  }

  @Test
  void in8_aWaiterIsNotPassedOverForEver() {
    // Across processes a reader may miss what is taken at once, each time.
    for (Wait wait : stage().promises(Capability.SHARED) ? Wait.TAKES : Wait.ALL) {
      requireService(wait, KEY + " by " + wait);
    }
  }

  /** Requires that a waiter gets an entry of one who takes what he writes, again and again. */
  private void requireService(Wait wait, String key) {
    AtomicBoolean served = new AtomicBoolean();
    Actor<Optional<String>> waiter = startBlocked(wait, key);
    Stage.Patience patience = stage().patience();
    Actor<Integer> barging =
        start(
            "a thread that takes what it has written",
            () -> {
              int passed = 0;
              while (!served.get() && !patience.isExhausted()) {
                space().out(key, "1");
                space().inp(key);
                passed++;
              }
              return passed;
            });
    boolean got;
    try {
      got = waiter.result().isPresent();
    } catch (AssertionError e) {
      throw new AssertionError(
          "a waiting " + wait + " was passed over by " + barging.result(LONG) + " others", e);
    }
    served.set(true);
    assertTrue(got, () -> "an entry, by a waiting " + wait);
    barging.result();
  }
}
