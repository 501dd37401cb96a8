package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** FIFO-3, IN-8 and CLS-1: what wakes whom, and what does not. */
abstract class WakeUpRules extends Rules {
  private static final String KEY = "waking";

  /** Keys that are patterns to a server, a file system or a regular expression. */
  private static final List<String> PATTERNS =
      List.of("*", ">", "a.*", "a.>", "a*", "%", "?.?", "...", "[ab]", "", "a", "A.B");

  /** More waiters than can be woken one after the other, if each wake-up takes a while. */
  private static final int WAITERS = 120;

  private static final int TRIES_TO_CLOSE = 3;

  @Test
  void fifo3_whoWaitsIsServedFromNoKeyButItsOwn() {
    for (Wait wait : Wait.ALL) {
      Map<String, Actor<Optional<String>>> waiters = new LinkedHashMap<>();
      for (String key : PATTERNS) {
        waiters.put(key, start(wait + " of '" + key + "'", () -> wait.call().on(space(), key)));
      }
      Actor.awaitAllBlocked(stage(), waiters.values());
      List<String> others = List.of("a.b", "b", "a/b", "c.d");
      others.forEach(key -> space().out(key, "of " + key));
      for (String key : others) {
        assertEquals(
            Optional.of("of " + key),
            space().rdp(key),
            "the entry of '" + key + "', while others wait with " + wait + " on " + PATTERNS);
      }
      Actor.awaitAllBlocked(stage(), waiters.values());
      waiters.forEach(
          (key, waiter) -> {
            space().out(key, "of " + key);
            assertEquals(
                Optional.of("of " + key),
                waiter.result(),
                "what " + wait + " of '" + key + "' got");
            space().inp(key);
          });
      for (String key : others) {
        assertEquals(Optional.of("of " + key), space().inp(key), "the entry of '" + key + "'");
      }
    }
  }

  @Test
  void in8_aTakerThatIsWokenForNothingKeepsItsPlace() {
    assumeFalse(stage().promises(Capability.SHARED), "no order is promised across processes");
    for (int i = 0; i < rounds(20); i++) {
      String key = KEY + i;
      Actor<Optional<String>> first = startBlocked(Wait.TAKES.get(i % 2), key);
      Actor<Optional<String>> second = startBlocked(Wait.TAKES.get(i / 2 % 2), key);
      for (int wakeUp = 0; wakeUp < 3; wakeUp++) {
        LockSupport.unpark(first.thread());
        first.awaitBlocked();
      }
      space().out(key, "1");
      assertEquals(Optional.of("1"), first.result(), "what the taker got that came first");
      space().out(key, "2");
      assertEquals(Optional.of("2"), second.result(), "what the taker got that came second");
    }
  }

  @Test
  void cls1_closeWakesAllWithinASecondAndNotOneAfterTheOther() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES_TO_CLOSE && least >= stage().promptly().toNanos(); i++) {
      least = Math.min(least, nanosToWakeAll());
    }
    assertTrue(
        least < stage().promptly().toNanos(),
        "the last of "
            + WAITERS
            + " waiters was woken "
            + least / 1_000_000
            + " ms after close was called, or later, in each of "
            + TRIES_TO_CLOSE
            + " handles; the limit is "
            + stage().promptly().toMillis()
            + " ms for all of them");
  }

  @Test
  void cls1_closeWakesAlsoThoseWhoseTimeWouldSoonBeOver() {
    AssertionError late = null;
    for (int i = 0; i < TRIES_TO_CLOSE; i++) {
      late = latenessOfThoseWhoseTimeWouldSoonBeOver();
      if (late == null) {
        return;
      }
    }
    throw late;
  }

  private @Nullable AssertionError latenessOfThoseWhoseTimeWouldSoonBeOver() {
    Space<String> space = stage().open(Codec.utf8());
    Map<String, Actor<Long>> waiters = new LinkedHashMap<>();
    for (int times : new int[] {2, 3, 5}) {
      Duration timeout = stage().promptly().multipliedBy(times);
      for (boolean takes : new boolean[] {true, false}) {
        String what = (takes ? "in" : "rd") + " with a timeout of " + timeout.toMillis() + " ms";
        waiters.put(what, start(what, () -> endOfWait(space, takes, timeout)));
      }
    }
    // Where others keep the processors busy, the time of one may be over before that is seen.
    waiters.forEach(
        (what, waiter) -> stage().await(what, () -> waiter.isWaiting() || waiter.isDone()));
    long begin = System.nanoTime();
    Actor<?> closing = start("close of a handle with waiters", () -> close(space));
    AssertionError late = null;
    for (Map.Entry<String, Actor<Long>> waiter : waiters.entrySet()) {
      long passed = waiter.getValue().result() - begin;
      if (passed >= stage().promptly().toNanos()) {
        late =
            new AssertionError(
                waiter.getKey()
                    + " ended "
                    + passed / 1_000_000
                    + " ms after close was called; the limit is "
                    + stage().promptly().toMillis()
                    + " ms");
      }
    }
    closing.result(stage().timeToClose());
    return late;
  }

  /** Waits until the handle is closed, or the time is over; returns the instant. */
  private static long endOfWait(Space<String> space, boolean takes, Duration timeout)
      throws InterruptedException {
    long begin = System.nanoTime();
    try {
      assertEquals(
          Optional.empty(),
          takes ? space.in(KEY, timeout) : space.rd(KEY, timeout),
          "what there was without an entry");
      assertTrue(
          System.nanoTime() - begin >= timeout.toNanos(),
          "empty, when the handle was closed, before its time was over");
    } catch (SpaceClosedException e) {
      // As it should be; the instant is what counts.
    }
    return System.nanoTime();
  }

  /** Returns how long close takes to wake the last of many waiters. */
  private long nanosToWakeAll() {
    Space<String> space = stage().open(Codec.utf8());
    List<Actor<Long>> waiters = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      Wait wait = Wait.ALL.get(i % 4);
      String key = KEY + i % 10;
      waiters.add(
          start(
              wait + " until close",
              () -> {
                thrownBy(SpaceClosedException.class, wait.name(), () -> wait.call().on(space, key));
                return System.nanoTime();
              }));
    }
    Actor.awaitAllBlocked(stage(), waiters);
    long begin = System.nanoTime();
    Actor<?> closing = start("close of a handle with " + WAITERS + " waiters", () -> close(space));
    long last = 0;
    for (Actor<Long> waiter : waiters) {
      last = Math.max(last, waiter.result() - begin);
    }
    closing.result(stage().timeToClose());
    return last;
  }
}
