package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.isopace.space.IndeterminateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** IN-1 to IN-5, as they hold for {@code in} and {@code rd} alike. */
abstract class BlockingRules extends Rules {
  private static final String KEY = "wait";

  /** The number of timed waits at once: beyond 64 and 128, at which timers may be bounded. */
  private static final int MANY_AT_ONCE = 200;

  /** The number of waiters that try to lose one race each: not every one does. */
  private static final int RACES = 12;

  private static final List<Duration> PROBES =
      List.of(
          Duration.ZERO,
          Duration.ofNanos(-1),
          Duration.ofSeconds(-1),
          Duration.ofSeconds(Long.MIN_VALUE),
          // What is a time to wait, if the sign is lost, or what 32 or 64 bits cannot hold.
          Duration.ofMillis(-500),
          Duration.ofMillis(500 - (1L << 32)),
          Duration.ofMillis(Integer.MIN_VALUE),
          Duration.ofMillis(Long.MIN_VALUE),
          Duration.ofNanos(Long.MIN_VALUE));
  private static final List<Duration> FOR_EVER =
      List.of(
          Duration.ofNanos(Long.MAX_VALUE - 1),
          Duration.ofNanos(Long.MAX_VALUE),
          Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
          // What a number of 32 bits cannot hold: milliseconds, and seconds.
          Duration.ofMillis(Integer.MAX_VALUE).plusMillis(1),
          Duration.ofMillis((1L << 32) + 1),
          Duration.ofSeconds((1L << 32) + 1),
          Duration.ofSeconds(1L << 32),
          Duration.ofNanos((1L << 40) + 1),
          Duration.ofDays(30_000),
          Duration.ofDays(365_000),
          Duration.ofMillis(Long.MAX_VALUE),
          Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));

  interface TimedCall {
    Optional<String> on(String key, Duration timeout) throws InterruptedException;
  }

  /** Returns the operation that waits without a timeout. */
  abstract Wait untimed();

  /** Returns the operation with a long timeout. */
  abstract Wait timed();

  /** Returns the operation with any timeout. */
  abstract TimedCall call();

  private List<Wait> waits() {
    return List.of(untimed(), timed());
  }

  @Test
  void in1_waitsUntilThereIsAnEntry() {
    for (Wait wait : waits()) {
      for (int i = 0; i < rounds(20); i++) {
        String key = wait + "-" + i;
        Actor<Optional<String>> waiter = startBlocked(wait, key);
        space().out(key + "x", "of another key");
        space().out(key, "1");
        assertEquals(Optional.of("1"), waiter.result(), "what a waiting " + wait + " got");
        assertEquals(wait.takes() ? 0 : 1, space().len(key), "len after " + wait);
      }
    }
  }

  @Test
  void in1_aWakeUpForNothingDoesNotEndAWaitWithoutTimeout() {
    for (Wait wait : waits()) {
      Actor<Optional<String>> waiter = startBlocked(wait, KEY);
      for (int i = 0; i < 5; i++) {
        LockSupport.unpark(waiter.thread());
        waiter.awaitBlocked();
      }
      space().out(KEY, "1");
      assertEquals(Optional.of("1"), waiter.result(), "what " + wait + " got after wake-ups");
      space().inp(KEY);
    }
  }

  @Test
  void in2_emptyIsReturnedWhenTheTimeoutHasPassedAndNotBefore() {
    // Also just less than a whole number of milliseconds, to which a wait may be rounded.
    List<Duration> timeouts =
        List.of(
            Duration.ofNanos(1),
            Duration.ofNanos(999_999),
            Duration.ofMillis(1),
            Duration.ofNanos(2_999_999),
            stage().moment());
    requireEmptyInTime(timeouts);
    // Also beside callers that came before and wait for longer.
    startBlocked(Wait.TIMED_IN, KEY);
    startBlocked(Wait.TIMED_RD, "another");
    requireEmptyInTime(timeouts);
  }

  private void requireEmptyInTime(List<Duration> timeouts) {
    for (Duration timeout : timeouts) {
      long limit = timeout.plus(stage().promptly().dividedBy(2)).toNanos();
      // Long ones once more at most, unless all have been late.
      int most = timeout.compareTo(stage().moment()) < 0 ? 5 : 2;
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 5 && (i < most || least >= limit); i++) {
        long elapsed = startTimed(timeout).result();
        assertTrue(
            elapsed >= timeout.toNanos(),
            "empty after " + elapsed + " ns, but the timeout was " + timeout.toNanos() + " ns");
        least = Math.min(least, elapsed);
      }
      // Any of them may be late, where others keep the processors busy; not all.
      assertTrue(
          least < limit,
          "empty after " + least + " ns or more, but the timeout was " + timeout.toNanos() + " ns");
    }
  }

  @Test
  void in2_wakeUpsForNothingNeitherEndNorExtendTheWait() {
    Duration timeout = stage().moment();
    // Where others keep the processors busy, the time may be over before anybody is woken.
    // For the same reason one of them may be late, or two; not all.
    int woken = 0;
    int late = 0;
    for (int round = 0; round < 20 && woken < 3; round++) {
      Woken came = wake(timeout, /* mayBeLate= */ late < 2);
      woken += came == Woken.WHILE_IT_WAITED ? 1 : 0;
      late += came == Woken.LATE ? 1 : 0;
    }
    stage().report("waits woken for nothing", woken);
  }

  /** The ways in which a waiter goes on that was woken for nothing. */
  private enum Woken {
    WHILE_IT_WAITED,
    TOO_SOON_OR_TOO_LATE,
    LATE
  }

  /** Wakes a waiter again and again, until its time is over. */
  private Woken wake(Duration timeout, boolean mayBeLate) {
    Actor<Long> waiter = startTimed(timeout);
    Stage.Patience patience = stage().atMostOnce(timeout.multipliedBy(20));
    boolean inTime = false;
    for (int i = 0; !waiter.isDone(); i++) {
      inTime |= waiter.isWaiting();
      LockSupport.unpark(waiter.thread());
      String other = "other" + i % 10;
      space().out(other, "1");
      space().inp(other);
      if (patience.isExhausted() && mayBeLate) {
        requireOnTime(waiter, timeout);
        return Woken.LATE;
      }
      if (patience.isExhausted()) {
        fail(
            "a wait of "
                + timeout.toMillis()
                + " ms goes on after 20 times as long, while its thread is woken for nothing and"
                + " other keys are written");
      }
      Stage.pause();
    }
    requireOnTime(waiter, timeout);
    return inTime ? Woken.WHILE_IT_WAITED : Woken.TOO_SOON_OR_TOO_LATE;
  }

  @Test
  void in2_racesThatTheOnlyWaiterLosesDoNotExtendItsWait() {
    Duration timeout = stage().moment().multipliedBy(3);
    Duration limit = timeout.multipliedBy(5).dividedBy(2);
    int late = 0;
    // A waiter that is given every entry loses no race.
    for (int round = 0; round < 4 || (late > 0 && round < 40); round++) {
      long elapsed = loseRaces(KEY + round, timeout);
      if (elapsed > 0 && elapsed < limit.toNanos()) {
        return;
      }
      late += elapsed > 0 ? 1 : 0;
      assertTrue(
          late < 3,
          "empty after "
              + elapsed
              + " ns, and as late twice before, but the timeout was "
              + timeout.toNanos()
              + " ns; entries were written and taken by another meanwhile");
    }
  }

  /** Returns how long a caller waits while another writes and takes; 0 if it gets an entry. */
  private long loseRaces(String key, Duration timeout) {
    Actor<Long> waiter =
        start(
            untimed() + " beside another that takes what it writes",
            () -> {
              long begin = System.nanoTime();
              return call().on(key, timeout).isPresent() ? 0 : System.nanoTime() - begin;
            });
    Stage.Patience patience = stage().atMostOnce(timeout.multipliedBy(3));
    while (!waiter.isDone() && !patience.isExhausted()) {
      stage().letPass(timeout.dividedBy(6), waiter::isDone);
      space().out(key, "1");
      space().inp(key);
    }
    return waiter.result();
  }

  @Test
  void in2_aRaceThatIsLostNearTheEndDoesNotExtendTheWait() {
    Duration timeout = stage().moment().multipliedBy(6);
    long limit = timeout.multipliedBy(5).dividedBy(3).toNanos();
    int late = 0;
    // As above; but where a waiter wins now and then, it loses one race, not all of many.
    for (int round = 0; round < 2 || (late > 0 && round < 20); round++) {
      long soonest = soonestLoser(KEY + round + " at the end ", timeout);
      if (soonest > 0 && soonest < limit) {
        return;
      }
      late += soonest > 0 ? 1 : 0;
      assertTrue(
          late < 3,
          "whoever lost a race was empty after "
              + soonest
              + " ns or more, as late twice before, but the timeout was "
              + timeout.toNanos()
              + " ns; an entry was written and taken by another shortly before its end");
    }
  }

  /** Returns the shortest wait of several that lose a race near their end; 0 if none has lost. */
  private long soonestLoser(String key, Duration timeout) {
    List<Actor<Long>> waiters = new ArrayList<>();
    for (int i = 0; i < RACES; i++) {
      String own = key + i;
      waiters.add(
          start(
              untimed() + " of what another takes near the end",
              () -> {
                long begin = System.nanoTime();
                return call().on(own, timeout).isPresent() ? 0 : System.nanoTime() - begin;
              }));
    }
    stage().letPassIdly(timeout.multipliedBy(5).dividedBy(6));
    List<Actor<Long>> losers = new ArrayList<>();
    for (int i = 0; i < RACES; i++) {
      space().out(key + i, "1");
      boolean isTaken = space().inp(key + i).isPresent();
      if (isTaken && !waiters.get(i).isDone()) {
        losers.add(waiters.get(i));
      }
    }
    waiters.forEach(Actor::result);
    return losers.stream().mapToLong(Actor::result).filter(time -> time > 0).min().orElse(0);
  }

  @Test
  void in2_whoWasInterruptedWaitsAgainForAsLongAsAnybodyElse() {
    Duration timeout = stage().moment().dividedBy(2);
    for (Wait wait : waits()) {
      long elapsed =
          waitAgain(
                  wait,
                  () -> {
                    long begin = System.nanoTime();
                    assertEquals(Optional.empty(), call().on(KEY, timeout));
                    return System.nanoTime() - begin;
                  })
              .result();
      assertTrue(
          elapsed >= timeout.toNanos(),
          "the first wait after one that was interrupted, by the same thread, was empty after "
              + elapsed
              + " ns, but the timeout was "
              + timeout.toNanos()
              + " ns");
      Actor<Optional<String>> waiter = waitAgain(wait, () -> wait.call().on(space(), KEY));
      waiter.awaitBlocked();
      space().out(KEY, "1");
      assertEquals(
          Optional.of("1"),
          waiter.result(),
          "what " + wait + " got whose thread was interrupted before");
      space().inp(KEY);
    }
  }

  /** Starts a caller that is interrupted in a wait and then makes another call. */
  private <T> Actor<T> waitAgain(Wait wait, Callable<T> next) {
    AtomicBoolean wasInterrupted = new AtomicBoolean();
    String what = wait + " that is interrupted, and a wait after it";
    Actor<T> waiter =
        start(
            what,
            () -> {
              thrownBy(
                  InterruptedException.class,
                  wait + " that is interrupted",
                  () -> wait.call().on(space(), KEY));
              wasInterrupted.set(true);
              return next.call();
            });
    waiter.awaitBlocked().interrupt();
    stage().await(what, () -> wasInterrupted.get() || waiter.isDone());
    return waiter;
  }

  @Test
  void in2_noneOfManyShortWaitsEndsEarly() {
    int callers = 4;
    int most = rounds(2_000) / callers;
    Duration longest = Duration.ofSeconds(1);
    List<Actor<?>> waiting = new ArrayList<>();
    for (int c = 0; c < callers; c++) {
      Duration timeout = Duration.ofNanos(50_000 + c);
      waiting.add(
          start(
              "many short waits",
              () -> {
                Stage.Effort effort = stage().effort(most, longest);
                for (int i = 0; effort.goesOnAfter(i); i++) {
                  long begin = System.nanoTime();
                  assertEquals(Optional.empty(), call().on(KEY, timeout));
                  long elapsed = System.nanoTime() - begin;
                  assertTrue(
                      elapsed >= timeout.toNanos(),
                      "empty after " + elapsed + " ns, wait " + i + " of " + timeout.toNanos());
                }
                return null;
              }));
    }
    Duration limit = stage().loaded(longest.multipliedBy(Stage.SLOWNESS));
    waiting.forEach(waiter -> waiter.result(limit.plus(stage().patienceTime())));
  }

  @Test
  void in2_manyTimedWaitsAtOnceAllEnd() {
    Duration timeout = Duration.ofMillis(300);
    List<Actor<Long>> waiting = new ArrayList<>();
    for (int i = 0; i < MANY_AT_ONCE; i++) {
      waiting.add(startTimed(timeout));
    }
    waiting.forEach(waiter -> requireOnTime(waiter, timeout));
  }

  private Actor<Long> startTimed(Duration timeout) {
    return start(
        "a wait of " + timeout.toNanos() + " ns that nobody ends",
        () -> {
          long begin = System.nanoTime();
          assertEquals(Optional.empty(), call().on(KEY, timeout));
          return System.nanoTime() - begin;
        });
  }

  private void requireOnTime(Actor<Long> waiter, Duration timeout) {
    long elapsed = waiter.result();
    assertTrue(
        elapsed >= timeout.toNanos(),
        "empty after " + elapsed + " ns, but the timeout was " + timeout.toNanos());
  }

  @Test
  void in3_aTimeoutOfZeroOrLessMakesAProbe() throws InterruptedException {
    for (Duration timeout : PROBES) {
      assertEquals(
          Optional.empty(),
          start("probe with timeout " + timeout, () -> call().on(KEY, timeout)).result(),
          "timeout " + timeout + " without an entry");
      space().out(KEY, "1");
      assertEquals(Optional.of("1"), call().on(KEY, timeout), "timeout " + timeout);
      space().inp(KEY);
    }
  }

  @Test
  void in3_aTimeoutOfZeroOrLessDoesNotWaitForAShortTimeEither() {
    start(
            "probes with a timeout, by the clock",
            () -> {
              long found =
                  leastNanos(
                      () -> space().out(KEY, "1"), () -> call().on(KEY, Duration.ofNanos(-1)));
              for (Duration timeout : PROBES) {
                requireNoWait(
                    untimed() + " with timeout " + timeout,
                    found,
                    () -> call().on("empty", timeout));
              }
              return null;
            })
        .result(stage().patienceTime().multipliedBy(3));
  }

  @Test
  void in3_aTimeoutOfZeroOrLessStillThrowsInterruptedException() {
    for (Duration timeout : PROBES) {
      requireInterrupted("a probe with timeout " + timeout, () -> call().on(KEY, timeout));
    }
    space().out(KEY, "1");
    for (Duration timeout : PROBES) {
      requireInterrupted(
          "a probe with timeout " + timeout + " where an entry is", () -> call().on(KEY, timeout));
    }
    assertEquals(1, space().len(KEY), "entries after interrupted probes");
  }

  @Test
  void in3_aTimeoutBeyondTheClockMeansForEver() {
    Map<Duration, Actor<Optional<String>>> waiters = new LinkedHashMap<>();
    for (Duration timeout : FOR_EVER) {
      waiters.put(
          timeout,
          start("wait of " + timeout, () -> call().on(KEY + timeout, timeout)).awaitBlocked());
    }
    stage().letPassIdly(stage().moment().multipliedBy(2));
    waiters.forEach(
        (timeout, waiter) -> {
          waiter.awaitBlocked();
          space().out(KEY + timeout, "1");
          assertEquals(Optional.of("1"), waiter.result(), "timeout " + timeout);
        });
  }

  @Test
  void in5_aFlagThatIsSetAtTheCallEndsItEvenIfAnEntryIsThere() {
    for (Wait wait : waits()) {
      requireInterrupted(wait + " without an entry", () -> wait.call().on(space(), KEY));
    }
    space().out(KEY, "1");
    for (Wait wait : waits()) {
      requireInterrupted(wait + " with an entry", () -> wait.call().on(space(), KEY));
    }
    assertEquals(1, space().len(KEY), "entries after interrupted calls");
  }

  private void requireInterrupted(String what, Callable<?> call) {
    start(
            what,
            () -> {
              Thread.currentThread().interrupt();
              thrownBy(InterruptedException.class, what, call);
              assertFalse(Thread.currentThread().isInterrupted(), "flag after " + what);
              return null;
            })
        .result();
  }

  @Test
  void in5_aWaitIsEndedByAnInterruptWithTheFlagCleared() {
    for (Wait wait : waits()) {
      Actor<Boolean> waiter =
          start(
              wait + " to be interrupted",
              () -> {
                try {
                  return fail(wait + " returned " + wait.call().on(space(), KEY));
                } catch (InterruptedException e) {
                  return Thread.currentThread().isInterrupted();
                }
              });
      waiter.awaitBlocked().interrupt();
      assertEquals(false, waiter.result(), "flag after " + wait + " was interrupted");
      // Later callers are not interrupted.
      Actor<Optional<String>> next = startBlocked(wait, KEY);
      space().out(KEY, "1");
      assertEquals(
          Optional.of("1"), next.result(), "what " + wait + " got that nobody interrupted");
      space().inp(KEY);
    }
  }

  @Test
  void in5_anEntryThatWasHandedOverIsReturnedAndTheFlagStaysSet() {
    for (int i = 0; i < rounds(100); i++) {
      Wait wait = waits().get(i % 2);
      String key = KEY + i % 5;
      AtomicBoolean blown = new AtomicBoolean();
      Actor<End> waiter =
          start(
              wait + " to be interrupted and given an entry",
              () -> {
                try {
                  assertEquals(Optional.of("1"), wait.call().on(space(), key));
                } catch (InterruptedException e) {
                  return End.GAVE_UP;
                } catch (IndeterminateException e) {
                  return End.IN_DOUBT;
                }
                stage().await("interrupt", blown::get);
                assertTrue(Thread.interrupted(), "flag after an entry was returned");
                return End.TOOK;
              });
      waiter.awaitBlocked();
      boolean first = stage().random().nextBoolean();
      if (first) {
        space().out(key, "1");
        spin(500);
      }
      waiter.interrupt();
      blown.set(true);
      if (!first) {
        spin(500);
        space().out(key, "1");
      }
      End end = waiter.result();
      long left = space().len(key);
      boolean got = end == End.IN_DOUBT ? left == 0 : end == End.TOOK;
      assertEquals(
          got && wait.takes() ? 0 : 1,
          left,
          "entries after " + wait + (got ? " returned one" : " was interrupted"));
      space().inp(key);
    }
  }
}
