package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** IN-5: interrupts at the wrong moment, and of calls that ignore them. */
abstract class InterruptRules extends Rules {
  private static final String KEY = "interrupt";
  private static final String WHILE_BUSY =
      ", which was set before: does it wait for a lock that others have?";

  @Test
  void in5_outByAnInterruptedThreadServesWhoWaits() {
    for (Wait wait : Wait.ALL) {
      String key = KEY + wait;
      Actor<Optional<String>> waiter = startBlocked(wait, key);
      start(
              "out by an interrupted thread, where somebody waits",
              () -> {
                Thread.currentThread().interrupt();
                assertTrue(space().out(key, "1"), "out by an interrupted thread");
                assertTrue(
                    Thread.currentThread().isInterrupted(),
                    "the flag is lost after out of an entry for a waiting " + wait);
                return null;
              })
          .result();
      assertEquals(
          Optional.of("1"), waiter.result(), wait + " of what an interrupted thread has written");
      assertEquals(wait.takes() ? 0 : 1, space().len(key), "len after " + wait);
    }
  }

  @Test
  void in5_aTakerThatHasLostARaceCanStillBeInterrupted() {
    for (Wait wait : Wait.TAKES) {
      Actor<Optional<String>> taker = startLoser(space(), wait, KEY + wait);
      taker.interrupt();
      assertNotEquals(
          End.TOOK,
          endOf(taker, InterruptedException.class),
          "what " + wait + " did that was interrupted where nothing is");
    }
  }

  @Test
  void in5_theWaitOfAVirtualThreadIsEndedByAnInterrupt() {
    VirtualThreads.require();
    List<Actor<Optional<String>>> waiters = startVirtual(space(), KEY);
    waiters.forEach(Actor::interrupt);
    for (Actor<Optional<String>> waiter : waiters) {
      assertNotEquals(
          End.TOOK,
          endOf(waiter, InterruptedException.class),
          "what a virtual thread did that was interrupted where nothing is");
    }
  }

  @Test
  void in5_aWaitWhoseTimeIsOverAsItIsInterruptedKeepsTheInterrupt() {
    Duration timeout = stage().moment().dividedBy(50);
    for (int i = 0; i < rounds(60); i++) {
      boolean takes = i % 2 == 0;
      String key = KEY + i % 4;
      AtomicBoolean blown = new AtomicBoolean();
      Actor<?> waiter =
          start(
              (takes ? "in" : "rd") + " that is interrupted when its time is over",
              () -> {
                try {
                  assertEquals(
                      Optional.empty(),
                      takes ? space().in(key, timeout) : space().rd(key, timeout),
                      "what there was without an entry");
                } catch (InterruptedException e) {
                  assertFalse(
                      Thread.currentThread().isInterrupted(), "the flag, beside the exception");
                  return null;
                }
                stage().await("interrupt", blown::get);
                assertTrue(
                    Thread.interrupted(),
                    "neither InterruptedException nor the flag: the interrupt is lost");
                return null;
              });
      long begin = System.nanoTime();
      long blow = timeout.toNanos() + stage().random().nextInt(500_000) - 150_000;
      while (System.nanoTime() - begin < blow) {
        Thread.onSpinWait();
      }
      waiter.interrupt();
      blown.set(true);
      waiter.result();
    }
  }

  @Test
  void in5_anInterruptDuringACallThatIgnoresItIsKept() {
    int most = rounds(400);
    Stage.Patience time = stage().atMost(stage().moment().multipliedBy(3));
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicInteger blows = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    Actor<?> calling =
        start(
            "calls that ignore interrupts",
            () -> {
              for (int i = 0; !isOver.get(); i++) {
                String value = "e" + i;
                assertTrue(space().out(KEY, value), "out, interrupted");
                assertEquals(Optional.of(value), space().rdp(KEY), "rdp, interrupted");
                assertEquals(1, space().len(KEY), "len, interrupted");
                requireListed(KEY, space().keys(), "keys, interrupted");
                assertEquals(Optional.of(value), space().inp(KEY), "inp, interrupted");
                assertEquals(Optional.empty(), space().inp(KEY), "inp in vain, interrupted");
                int blown = blows.get();
                if (blown > seen.get()) {
                  assertTrue(
                      Thread.interrupted(),
                      "the flag is lost that was set during out, rdp, len, keys or inp");
                  seen.set(blown);
                }
              }
              return null;
            });
    try {
      for (int i = 1; i <= most && !time.isExhausted() && !calling.isDone(); i++) {
        spin(20_000);
        calling.interrupt();
        blows.set(i);
        int number = i;
        stage().await("calls to return", () -> seen.get() >= number || calling.isDone());
      }
    } finally {
      isOver.set(true);
    }
    calling.result();
  }

  @Test
  void in5_callsKeepTheFlagAlsoWhileOthersCallTheSpace() {
    int most = rounds(20_000);
    Stage.Patience time = stage().atMost(stage().moment().multipliedBy(3));
    AtomicBoolean isOver = new AtomicBoolean();
    // Keys that make keys() take longer than other calls.
    for (int i = 0; i < 50; i++) {
      space().out("idle-" + i, "1");
    }
    List<Actor<?>> others = new ArrayList<>();
    for (String key : List.of("one", "two")) {
      others.add(
          start(
              "calls beside one that is interrupted",
              () -> {
                while (!isOver.get()) {
                  space().out(key, "1");
                  assertEquals(1, space().len(key), "len");
                  requireListed(key, space().keys(), "keys, beside one that is interrupted");
                  space().inp(key);
                }
                return null;
              }));
    }
    Actor<?> calling =
        start(
            "calls of an interrupted thread, while others call the space",
            () -> {
              for (int i = 0; i < most && !time.isExhausted(); i++) {
                Thread.currentThread().interrupt();
                assertTrue(space().out(KEY, "1"), "out");
                assertTrue(Thread.interrupted(), "out " + i + " has lost the flag" + WHILE_BUSY);
                Thread.currentThread().interrupt();
                assertEquals(Optional.of("1"), space().rdp(KEY), "rdp");
                assertTrue(Thread.interrupted(), "rdp " + i + " has lost the flag" + WHILE_BUSY);
                Thread.currentThread().interrupt();
                assertEquals(1, space().len(KEY), "len");
                assertTrue(Thread.interrupted(), "len " + i + " has lost the flag" + WHILE_BUSY);
                Thread.currentThread().interrupt();
                requireListed(KEY, space().keys(), "keys, by an interrupted thread");
                assertTrue(Thread.interrupted(), "keys " + i + " has lost the flag" + WHILE_BUSY);
                Thread.currentThread().interrupt();
                assertEquals(Optional.of("1"), space().inp(KEY), "inp");
                assertTrue(Thread.interrupted(), "inp " + i + " has lost the flag" + WHILE_BUSY);
              }
              return null;
            });
    try {
      calling.result();
    } finally {
      isOver.set(true);
    }
    others.forEach(Actor::result);
  }
}
