package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DUR-1, IN-4 and CLS-3: the entries and resources that earlier handles leave to the next. */
abstract class ReopenRules extends Rules {
  private static final String KEY = "reopen";
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final int[] SIZES = {1, 100, 5_000, 70_000, 512 * 1024 - 10};

  @BeforeEach
  void requireDurable() {
    assumeTrue(stage().promises(Capability.DURABLE), "the space does not declare DURABLE");
  }

  /** Opens a handle that the test closes itself. */
  private Space<String> reopened() {
    return Spaces.open(stage().uri(), Codec.utf8());
  }

  @Test
  void dur1_whatIsWrittenAfterAllWasTakenIsThereAfterReopening() {
    // First the whole space is empty in between, then one of its keys.
    for (boolean isAlone : new boolean[] {true, false}) {
      if (!isAlone) {
        try (Space<String> space = reopened()) {
          space.out("kept", "1");
        }
      }
      for (int i = 0; i < 3; i++) {
        try (Space<String> space = reopened()) {
          for (int entry = 0; entry < 3; entry++) {
            space.out(KEY, i + "." + entry);
          }
          assertEquals(3, DurableRules.drain(space, KEY).size(), "entries of one life");
        }
        try (Space<String> space = reopened()) {
          assertEquals(Optional.empty(), space.rdp(KEY), "after all were taken");
          space.out(KEY, "later " + i);
        }
        try (Space<String> space = reopened()) {
          assertEquals(
              isAlone ? Set.of(KEY) : Set.of(KEY, "kept"), space.keys(), "keys after reopening");
          assertEquals(
              List.of("later " + i),
              DurableRules.drain(space, KEY),
              "what was written after all that was there before had been taken");
        }
      }
    }
  }

  @Test
  void dur1_aTakeRemovesTheFirstOfEqualValuesAlsoAfterReopening() {
    List<String> left = new ArrayList<>();
    for (int life = 0; life < 3; life++) {
      try (Space<String> space = reopened()) {
        for (String value : List.of("a", "b", "a")) {
          space.out(KEY, value);
          left.add(value);
        }
        assertEquals(Optional.of(left.remove(0)), space.inp(KEY), "the head in life " + life);
      }
    }
    try (Space<String> space = reopened()) {
      assertEquals(left, DurableRules.drain(space, KEY), "what is left, of values that are equal");
    }
  }

  @Test
  void dur1_whatTakersLeftWhoseTimeWasOverIsThereAfterReopening() {
    Duration timeout = stage().moment().dividedBy(50);
    Stage.Patience time = stage().atMost(LONGEST);
    Map<String, Boolean> left = new LinkedHashMap<>();
    try (Space<String> space = reopened()) {
      for (int i = 0; i < rounds(150) && !time.isExhausted(); i++) {
        String key = KEY + i;
        Actor<Optional<String>> taker =
            start("a taker whose time is over", () -> space.in(key, timeout));
        long begin = System.nanoTime();
        long blow = timeout.toNanos() + stage().random().nextInt(400_000) - 100_000;
        while (System.nanoTime() - begin < blow) {
          Thread.onSpinWait();
        }
        space.out(key, "1");
        try {
          left.put(key, taker.result().isEmpty());
        } catch (AssertionError e) {
          if (!(e.getCause() instanceof IndeterminateException)) {
            throw e;
          }
        }
      }
    }
    try (Space<String> space = reopened()) {
      left.forEach(
          (key, wasLeft) ->
              assertEquals(
                  wasLeft ? List.of("1") : List.of(),
                  DurableRules.drain(space, key),
                  "after reopening, where a taker "
                      + (wasLeft ? "came away with nothing" : "returned the entry")));
    }
  }

  @Test
  void dur1_whatWasRefusedIsNotThereAfterReopening() {
    Codec<String> failing =
        Codec.of(
            value -> {
              if (value.isEmpty()) {
                throw new UnsupportedOperationException("by the suite");
              }
              return value.getBytes(StandardCharsets.UTF_8);
            },
            bytes -> new String(bytes, StandardCharsets.UTF_8));
    String large = "v".repeat(2 * stage().options().largestValue() + 1);
    boolean isTaken;
    try (Space<String> space = Spaces.open(stage().uri(), failing)) {
      space.out(KEY, "1");
      thrownBy(SpaceException.class, "out of what cannot be encoded", () -> space.out(KEY, ""));
      thrownBy(SpaceException.class, "out of what cannot be encoded", () -> space.out("new", ""));
      try {
        isTaken = space.out(KEY, large);
      } catch (IllegalArgumentException e) {
        isTaken = false;
      }
      space.out(KEY, "2");
    }
    try (Space<String> space = reopened()) {
      assertEquals(Set.of(KEY), space.keys(), "keys after reopening");
      List<String> expected = isTaken ? List.of("1", large, "2") : List.of("1", "2");
      assertEquals(
          expected.stream().map(String::length).toList(),
          DurableRules.drain(space, KEY).stream().map(String::length).toList(),
          "lengths of the entries after reopening; one that the codec could not encode was refused"
              + (isTaken ? "" : ", and one that was too large"));
    }
  }

  @Test
  void dur1_whatAnInterruptedThreadWroteAndTookStaysSoAfterReopening() {
    try (Space<String> space = reopened()) {
      start(
              "two outs and inp by an interrupted thread",
              () -> {
                Thread.currentThread().interrupt();
                assertTrue(space.out(KEY, "1"), "out by an interrupted thread");
                assertTrue(space.out(KEY, "2"), "out by an interrupted thread");
                assertEquals(Optional.of("1"), space.inp(KEY), "inp by an interrupted thread");
                return null;
              })
          .result();
    }
    try (Space<String> space = reopened()) {
      assertEquals(
          List.of("2"),
          DurableRules.drain(space, KEY),
          "of two entries that an interrupted thread wrote, of which it took the first");
    }
  }

  @Test
  void dur1_whatWasReadIsThereAfterReopening() throws InterruptedException {
    Duration moment = stage().moment().dividedBy(50);
    try (Space<String> space = reopened()) {
      for (Wait wait : Wait.READS) {
        String key = KEY + wait;
        // Who came away with nothing must not take later what comes now.
        assertEquals(Optional.empty(), space.in(key, moment), "in of nothing");
        Actor<Optional<String>> reader =
            start(wait + " that waits", () -> wait.call().on(space, key)).awaitBlocked();
        assertTrue(space.out(key, "1"), "out to one that reads");
        assertEquals(Optional.of("1"), reader.result(), wait + " that waited");
        assertEquals("1", space.rd(key), "rd");
        assertEquals(Optional.of("1"), space.rd(key, LONG), "timed rd");
        assertEquals(Optional.of("1"), space.rd(key, Duration.ZERO), "rd with timeout 0");
        assertEquals(Optional.of("1"), space.rdp(key), "rdp");
      }
    }
    try (Space<String> space = reopened()) {
      for (Wait wait : Wait.READS) {
        assertEquals(
            List.of("1"),
            DurableRules.drain(space, KEY + wait),
            "after reopening, of an entry for which a " + wait + " had waited");
      }
    }
  }

  @Test
  void dur1_whatTakersCouldNotDecodeIsThereAfterReopening() {
    Codec<String> failing =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              throw new UnsupportedOperationException("by the suite");
            });
    try (Space<String> space = Spaces.open(stage().uri(), failing)) {
      for (Wait wait : Wait.ALL) {
        String key = KEY + wait;
        Actor<Optional<String>> waiter =
            start(wait + " that cannot decode", () -> wait.call().on(space, key)).awaitBlocked();
        assertTrue(space.out(key, "1"), "out");
        Throwable failure = waiter.failure();
        assertTrue(
            failure instanceof SpaceException, () -> wait + " that cannot decode threw " + failure);
      }
    }
    try (Space<String> space = reopened()) {
      for (Wait wait : Wait.ALL) {
        assertEquals(
            List.of("1"),
            DurableRules.drain(space, KEY + wait),
            "after reopening, of an entry that a waiting " + wait + " could not decode");
      }
    }
  }

  @Test
  void dur1_largeAndSmallValuesKeepTheirOrderAfterReopening() {
    Stage.Effort effort = stage().effort(rounds(60), LONGEST);
    List<Integer> sizes = new ArrayList<>();
    int taken = 0;
    try (Space<String> space = reopened()) {
      while (effort.goesOnAfter(sizes.size())) {
        int size = SIZES[stage().random().nextInt(SIZES.length)];
        space.out(KEY, value(sizes.size(), size));
        sizes.add(size);
        if (sizes.size() % 3 == 0) {
          requireValue(taken, sizes, space.inp(KEY));
          taken++;
        }
      }
    }
    try (Space<String> space = reopened()) {
      for (; taken < sizes.size(); taken++) {
        requireValue(taken, sizes, space.inp(KEY));
      }
      assertEquals(0, space.len(KEY), "len after all were taken");
    }
  }

  private static String value(int number, int size) {
    return number + "-" + "v".repeat(size);
  }

  private static void requireValue(int number, List<Integer> sizes, Optional<String> found) {
    // Not by an assertion that would show half a million letters.
    assertTrue(
        found.equals(Optional.of(value(number, sizes.get(number)))),
        () ->
            "entry "
                + number
                + " is not what was written, but "
                + found.map(value -> value.length() + " letters that begin " + begin(value))
                + "; the sizes are "
                + sizes);
  }

  private static String begin(String value) {
    return value.substring(0, Math.min(10, value.length()));
  }

  @Test
  void cls3_nothingIsLeftWhenCloseReturnsAlsoOfAnOpenThatWasRefusedMeanwhile() {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    // Once before: what the JVM starts and opens by itself it has by then.
    closeAfterARefusedOpen();
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    Map<String, String> files = CloseRules.tellsOpenFiles() ? CloseRules.openFiles() : Map.of();
    closeAfterARefusedOpen();
    CloseRules.requireNoThreads(threads, "close, or an open that was refused before,");
    if (CloseRules.tellsOpenFiles()) {
      CloseRules.requireNoFiles(files, "close, or an open that was refused before,");
    }
  }

  private void closeAfterARefusedOpen() {
    try (Space<String> space = reopened()) {
      space.out(KEY, "1");
      thrownBy(
          SpaceException.class,
          "a second open",
          () -> {
            try (Space<String> second = reopened()) {
              return "a space with keys " + second.keys();
            }
          });
    }
  }

  @Test
  void cls3_theSpaceCanBeOpenedAgainWhenCloseReturnsASecondOneIncluded() {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    for (int round = 0; round < rounds(5); round++) {
      Space<String> space = reopened();
      space.out(KEY, "1");
      CountDownLatch ready = new CountDownLatch(2);
      Lock turn = new ReentrantLock();
      List<Actor<?>> closing = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        closing.add(
            start(
                "one of two that close, and open again",
                () -> {
                  ready.countDown();
                  stage().await("the other that closes", () -> ready.getCount() == 0);
                  space.close();
                  // By turns: only what was closed could be in the way.
                  turn.lock();
                  try (Space<String> again = reopened()) {
                    return again.len(KEY);
                  } finally {
                    turn.unlock();
                  }
                }));
      }
      closing.forEach(each -> each.result(stage().timeToClose()));
    }
  }

  @Test
  void dur1_whoOpensTheSpaceAsSoonAsAnotherLetsItGoFindsAllAndLosesNothing() {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    Stage.Effort effort = stage().effort(rounds(50), LONGEST.dividedBy(2));
    for (int round = 0; effort.goesOnAfter(round); round++) {
      String key = KEY + round;
      AtomicInteger tries = new AtomicInteger();
      Actor<Boolean> next;
      try (Space<String> first = reopened()) {
        for (int i = 0; i < 5; i++) {
          first.out(key, "e" + i);
        }
        next =
            start(
                "out by who opens the space while another closes it",
                () -> {
                  try (Space<String> space = openedOnceItIsLetGo(tries)) {
                    return space.out(key, "next");
                  }
                });
        stage().await("an open that is refused", () -> tries.get() > 0 || next.isDone());
      }
      assertTrue(next.result(), "out");
      try (Space<String> space = reopened()) {
        assertEquals(
            List.of("e0", "e1", "e2", "e3", "e4", "next"),
            DurableRules.drain(space, key),
            "entries of one who closed the space, and of one who opened it meanwhile");
      }
    }
  }

  /** Tries again and again while another has the space open, so as to come in before it is gone. */
  private Space<String> openedOnceItIsLetGo(AtomicInteger tries) {
    Stage.Patience patience = stage().patience();
    for (; ; tries.incrementAndGet()) {
      try {
        return reopened();
      } catch (SpaceException e) {
        if (patience.isExhausted()) {
          throw e;
        }
        Stage.pause();
      }
    }
  }

  @Test
  void in4_aTakeThatDecodesWhileTheHandleClosesReturnsTheEntryOrLeavesIt() {
    List<String> takes = List.of("inp", "in", "timed in", "in with timeout 0");
    for (int i = 0; i < takes.size(); i++) {
      int way = i;
      String name = takes.get(i);
      CountDownLatch decoding = new CountDownLatch(1);
      AtomicBoolean mayGoOn = new AtomicBoolean();
      Codec<String> slow =
          Codec.of(
              value -> value.getBytes(StandardCharsets.UTF_8),
              bytes -> {
                decoding.countDown();
                stage().await("the handle to be closed", mayGoOn::get);
                return new String(bytes, StandardCharsets.UTF_8);
              });
      Space<String> space = Spaces.open(stage().uri(), slow);
      space.out(KEY, "1");
      Actor<Optional<String>> taker =
          start(
              name + " while the handle closes",
              () ->
                  switch (way) {
                    case 0 -> space.inp(KEY);
                    case 1 -> Optional.of(space.in(KEY));
                    case 2 -> space.in(KEY, LONG);
                    default -> space.in(KEY, Duration.ZERO);
                  });
      stage().await("the codec", () -> decoding.getCount() == 0);
      Actor<?> closing =
          start(
              "close while a take decodes",
              () -> {
                space.close();
                return "closed";
              });
      // It may wait for the take.
      stage().letPass(stage().moment().dividedBy(5), closing::isDone);
      mayGoOn.set(true);
      Optional<String> got = DurableRules.takenUnless(SpaceClosedException.class, taker);
      closing.result(stage().timeToClose());
      try (Space<String> again = reopened()) {
        assertEquals(
            got.isPresent() ? List.of() : List.of("1"),
            DurableRules.drain(again, KEY),
            "what is there after "
                + name
                + (got.isPresent() ? " returned the entry" : " said that the handle is closed"));
      }
    }
  }
}
