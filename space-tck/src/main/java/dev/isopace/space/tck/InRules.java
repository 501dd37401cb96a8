package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** IN-1 to IN-5: taking. */
abstract class InRules extends BlockingRules {
  private static final String KEY = "in";
  private static final int ROUNDS = 3;

  @Override
  final Wait untimed() {
    return Wait.IN;
  }

  @Override
  final Wait timed() {
    return Wait.TIMED_IN;
  }

  @Override
  final TimedCall call() {
    return (key, timeout) -> space().in(key, timeout);
  }

  @Test
  void in1_inRemovesAndReturnsTheHead() throws InterruptedException {
    space().out(KEY, "1");
    space().out(KEY, "2");
    assertEquals("1", space().in(KEY), "in of two entries");
    assertEquals(1, space().len(KEY), "len after in of one of two");
    assertEquals(Optional.of("2"), space().in(KEY, LONG), "timed in of the second entry");
    assertEquals(0, space().len(KEY), "len after both were taken");
  }

  @Test
  void in2_lostRacesDoNotExtendTheWait() {
    Duration timeout = stage().moment().multipliedBy(5);
    // Where others keep the processors busy, any of them may be late, but not each time.
    int round = 0;
    long latest = latestLoser(KEY, timeout);
    while (latest >= timeout.multipliedBy(3).toNanos() && ++round < ROUNDS) {
      latest = latestLoser(KEY + round, timeout);
    }
    assertTrue(
        round < ROUNDS,
        "empty after " + latest + " ns, but the timeout was " + timeout.toNanos() + " ns");
  }

  /** Has takers lose races; returns the longest wait of one that got nothing. */
  private long latestLoser(String key, Duration timeout) {
    for (int i = 0; i < 10; i++) {
      startBlocked(Wait.IN, key);
    }
    List<Actor<Long>> losers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      losers.add(
          start(
              "a taker among others",
              () -> {
                long begin = System.nanoTime();
                return space().in(key, timeout).isPresent() ? 0 : System.nanoTime() - begin;
              }));
    }
    // Ten entries for 22 takers, over three times the timeout: each wakes somebody, and some get
    // none.
    for (int i = 0; i < 10 && !losers.stream().allMatch(Actor::isDone); i++) {
      stage().letPass(timeout.dividedBy(3), () -> losers.stream().allMatch(Actor::isDone));
      space().out(key, "1");
    }
    long latest = 0;
    for (Actor<Long> loser : losers) {
      long elapsed = loser.result();
      assertTrue(
          elapsed == 0 || elapsed >= timeout.toNanos(),
          "empty after " + elapsed + " ns, but the timeout was " + timeout.toNanos() + " ns");
      latest = Math.max(latest, elapsed);
    }
    return latest;
  }

  @Test
  void in4_aTakeThatTimesOutHasRemovedNothing() {
    int count = rounds(300);
    TreeSet<String> expected = new TreeSet<>();
    TreeSet<String> taken = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      expected.add("e" + i);
    }
    AtomicInteger written = new AtomicInteger();
    Actor<Boolean> writing =
        start(
            "writer",
            () -> {
              for (String value : expected) {
                space().out(KEY, value);
                written.incrementAndGet();
                spin(3_000);
              }
              return true;
            });
    List<Actor<List<String>>> takers = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      takers.add(
          start(
              "taker that gives up at once, again and again",
              () -> {
                List<String> mine = new ArrayList<>();
                for (int i = 0; !writing.isDone(); i++) {
                  space().in(KEY, Duration.ofNanos(1 + i % 50 * 1_000)).ifPresent(mine::add);
                }
                return mine;
              }));
    }
    writing.result(stage().watch(written::get));
    int number = 0;
    for (Actor<List<String>> taker : takers) {
      List<String> mine = taker.result();
      number += mine.size();
      taken.addAll(mine);
    }
    for (Optional<String> rest = space().inp(KEY); rest.isPresent(); rest = space().inp(KEY)) {
      taken.add(rest.get());
      number++;
    }
    requireKeys(expected, taken, "entries taken or left, " + stage().options());
    assertEquals(count, number, "number of entries taken or left");
  }

  @Test
  void in4_aTakeThatIsInterruptedHasRemovedNothing() throws InterruptedException {
    for (int i = 0; i < rounds(200); i++) {
      String key = KEY + i % 7;
      Actor<Optional<String>> taker = start("taker", () -> Optional.of(space().in(key)));
      if (i % 2 == 0) {
        taker.awaitBlocked();
      }
      if (stage().random().nextBoolean()) {
        taker.interrupt();
        spin(2_000);
        space().out(key, "1");
      } else {
        space().out(key, "1");
        spin(2_000);
        taker.interrupt();
      }
      End end = endOf(taker, InterruptedException.class);
      Optional<String> left = space().inp(key);
      boolean got = end == End.IN_DOUBT ? left.isEmpty() : end == End.TOOK;
      assertEquals(
          got ? Optional.empty() : Optional.of("1"),
          left,
          "what is left after a take that " + (got ? "returned the entry" : "was interrupted"));
    }
  }
}
