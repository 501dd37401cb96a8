package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** PRB-1, and IN-5 for operations that do not wait. */
abstract class ProbeRules extends Rules {
  private static final String KEY = "probe";
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int SLOW_PROBERS = 8;
  private static final Duration DECODING = Duration.ofMillis(1);

  @Test
  void prb1_probesDoNotWait() {
    assertEquals(Optional.empty(), start("inp", () -> space().inp(KEY)).result(), "inp");
    assertEquals(Optional.empty(), start("rdp", () -> space().rdp(KEY)).result(), "rdp");
    startBlocked(Wait.IN, KEY);
    startBlocked(Wait.RD, KEY);
    assertEquals(
        Optional.empty(), start("inp", () -> space().inp(KEY)).result(), "inp while others wait");
    assertEquals(
        Optional.empty(), start("rdp", () -> space().rdp(KEY)).result(), "rdp while others wait");
  }

  @Test
  void prb1_probesInVainDoNotWaitForAShortTimeEither() {
    start(
            "probes, by the clock",
            () -> {
              long read = leastNanos(() -> space().out(KEY, "1"), () -> space().rdp(KEY));
              long taken = leastNanos(() -> space().out(KEY, "1"), () -> space().inp(KEY));
              requireNoWait("rdp", read, () -> space().rdp("empty"));
              requireNoWait("inp", taken, () -> space().inp("empty"));
              for (Wait wait : Wait.ALL) {
                startBlocked(wait, "waited on");
              }
              requireNoWait("rdp beside waiters", read, () -> space().rdp("waited on"));
              requireNoWait("inp beside waiters", taken, () -> space().inp("waited on"));
              return null;
            })
        .result(stage().patienceTime().multipliedBy(3));
  }

  @Test
  void prb1_inpTakesTheHeadAndRdpLeavesIt() {
    space().out(KEY, "1");
    space().out(KEY, "2");
    assertEquals(Optional.of("1"), space().rdp(KEY), "rdp of two entries");
    assertEquals(Optional.of("1"), space().rdp(KEY), "rdp after an rdp");
    assertEquals(Optional.of("1"), space().inp(KEY), "inp after two rdp");
    assertEquals(Optional.of("2"), space().rdp(KEY), "rdp after an inp of the first entry");
    assertEquals(Optional.of("2"), space().inp(KEY), "inp of the second entry");
    assertEquals(Optional.empty(), space().rdp(KEY), "rdp after both were taken");
    assertEquals(Optional.empty(), space().inp(KEY), "inp after both were taken");
  }

  @Test
  void prb1_aReadingProbeIsNeverEmptyWhileTheKeyHoldsAnEntry() throws InterruptedException {
    Stage.Effort effort = stage().effort(rounds(2_000), LONGEST);
    Stage.Patience moments = stage().moments();
    AtomicBoolean over = new AtomicBoolean();
    space().out(KEY, "0");
    Actor<Boolean> moving =
        start(
            "adding before taking",
            () -> {
              for (int i = 0;
                  !over.get() && (effort.goesOnAfter(i) || !moments.isExhausted());
                  i++) {
                space().out(KEY, "1");
                assertTrue(space().inp(KEY).isPresent(), "inp of a key with two entries");
              }
              return true;
            });
    try {
      for (int i = 0; !moving.isDone(); i++) {
        boolean timed = i % 2 == 0;
        assertTrue(
            (timed ? space().rd(KEY, Duration.ZERO) : space().rdp(KEY)).isPresent(),
            (timed ? "rd with timeout 0" : "rdp")
                + ", probe "
                + i
                + " of a key that is never empty");
      }
    } finally {
      over.set(true);
    }
    moving.result();
  }

  @Test
  void prb1_asManyTakingProbesAsEntriesAllFindOne() {
    int probers = 4;
    CyclicBarrier barrier = new CyclicBarrier(probers);
    for (int round = 0; round < rounds(50); round++) {
      String key = KEY + round;
      TreeSet<String> written = new TreeSet<>();
      for (int i = 0; i < probers; i++) {
        space().out(key, "e" + i);
        written.add("e" + i);
      }
      List<Actor<Optional<String>>> probing = new ArrayList<>();
      for (int i = 0; i < probers; i++) {
        boolean timed = (i + round) % 4 == 0;
        probing.add(
            start(
                "prober",
                () -> {
                  barrier.await(stage().patienceTime().toMillis(), TimeUnit.MILLISECONDS);
                  return timed ? space().in(key, Duration.ZERO) : space().inp(key);
                }));
      }
      TreeSet<String> taken = new TreeSet<>();
      probing.forEach(prober -> prober.result().ifPresent(taken::add));
      requireKeys(written, taken, probers + " probes of a key with " + probers + " entries");
    }
  }

  @Test
  void prb1_aTakingProbeFindsAnEntryHoweverManyItLosesToOthers() {
    assumeTrue(stage().encodes(), "values need not pass through a codec");
    // Who is slow to decode loses most entries that it sees: to each of the others, one by one.
    Codec<String> slow =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              stage().letPassIdly(DECODING);
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    Stage.Effort effort = stage().effort(rounds(SLOW_PROBERS * 50), LONGEST.dividedBy(5));
    int written = 0;
    for (; effort.goesOnAfter(written); written++) {
      space.out(KEY, "e" + written);
    }
    AtomicInteger left = new AtomicInteger(written);
    AtomicInteger taken = new AtomicInteger();
    List<Actor<Integer>> probers = new ArrayList<>();
    for (int i = 0; i < SLOW_PROBERS; i++) {
      boolean timed = i % 4 == 0;
      probers.add(
          start(
              timed ? "in with timeout 0, again and again" : "inp, again and again",
              () -> {
                int vain = 0;
                while (left.getAndDecrement() > 0) {
                  if ((timed ? space.in(KEY, Duration.ZERO) : space.inp(KEY)).isPresent()) {
                    taken.incrementAndGet();
                  } else {
                    vain++;
                  }
                }
                return vain;
              }));
    }
    stage().letPassWhile(stage().watch(taken::get), () -> probers.stream().allMatch(Actor::isDone));
    int vain = probers.stream().mapToInt(Actor::result).sum();
    assertEquals(
        0,
        vain,
        "probes that found nothing, of "
            + written
            + " by "
            + SLOW_PROBERS
            + " threads, of a key with as many entries");
  }

  @Test
  void in5_whatDoesNotWaitTakesNoNoticeOfTheFlag() {
    // Waiters that close has to wake.
    Wait.ALL.forEach(wait -> startBlocked(wait, "waited on"));
    start(
            "operations of an interrupted thread",
            () -> {
              Thread.currentThread().interrupt();
              assertTrue(space().out(KEY, "1"), "out");
              requireFlag("out");
              assertEquals(Optional.of("1"), space().rdp(KEY), "rdp");
              requireFlag("rdp");
              assertEquals(1, space().len(KEY), "len");
              requireFlag("len");
              assertTrue(space().keys().contains(KEY), "keys");
              requireFlag("keys");
              assertEquals(Optional.of("1"), space().inp(KEY), "inp");
              requireFlag("inp");
              assertEquals(Optional.empty(), space().inp(KEY), "inp in vain");
              requireFlag("inp in vain");
              assertEquals(Optional.empty(), space().rdp(KEY), "rdp in vain");
              requireFlag("rdp in vain");
              space().close();
              requireFlag("close");
              space().close();
              requireFlag("a second close");
              return null;
            })
        .result(stage().timeToClose());
  }

  @Test
  void in5_openTakesNoNoticeOfTheFlag() {
    start(
            "open by an interrupted thread",
            () -> {
              Thread.currentThread().interrupt();
              assertTrue(space().out(KEY, "1"), "out");
              requireFlag("open");
              return null;
            })
        .result();
  }

  private static void requireFlag(String operation) {
    assertTrue(Thread.currentThread().isInterrupted(), "the flag is lost after " + operation);
  }
}
