package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.isopace.space.spi.Capability;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** IN-6 to IN-8: who waits, and who is woken. */
abstract class WaitingRules extends Rules {
  private static final String KEY = "waiting";
  private static final Duration PASSING = Duration.ofSeconds(1);
  private static final String LAST = "last";

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
      long blow = timeout.toNanos() - stage().random().nextInt(300_000) + 100_000;
      while (System.nanoTime() - begin < blow) {
        Thread.onSpinWait();
      }
      space().out(key, "1");
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
      boolean tookOne = tookOne(first);
      List<String> left = new ArrayList<>();
      for (Optional<String> e = space().inp(key); e.isPresent(); e = space().inp(key)) {
        left.add(e.get());
      }
      assertEquals(
          tookOne ? List.of("2", "3") : List.of("1", "2", "3"),
          left,
          "what is left by a taker that " + (tookOne ? "returned" : "was interrupted"));
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
   * Two pass entries to and fro, tens of thousands where that is fast: a wake-up that is lost
   * leaves both asleep, however seldom that happens.
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
      for (Actor<Optional<String>> taker : takers) {
        taken += tookOne(taker) ? 1 : 0;
      }
      assertTrue(taken >= 3, "only " + taken + " of 4 takers got one of 4 entries");
      assertEquals(4 - taken, space().len(key), "entries left by " + taken + " takers");
    }
  }

  /** One blow after the other, sooner than the thread that is interrupted can wake up. */
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

  /** Either the first got the entry, and the second still waits, or the second gets it. */
  private void requireOneOf(
      Actor<Optional<String>> first, Actor<Optional<String>> second, String key) {
    if (tookOne(first)) {
      space().out(key, "2");
      assertEquals(Optional.of("2"), second.result(), "what the second taker got");
    } else {
      assertEquals(Optional.of("1"), second.result(), "what the second taker got");
    }
    assertEquals(0, space().len(key), "entries left");
  }

  private static boolean tookOne(Actor<Optional<String>> taker) {
    try {
      return taker.result().isPresent();
    } catch (AssertionError e) {
      if (e.getCause() instanceof InterruptedException) {
        return false;
      }
      throw e;
    }
  }

  @Test
  void in7_aThousandWaitersCostNoProcessorTime() {
    List<Actor<Optional<String>>> waiters = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Wait wait = Wait.ALL.get(i % Wait.ALL.size());
      String key = KEY + i % 100;
      waiters.add(start(wait + " of " + key, () -> wait.call().on(space(), key)));
    }
    waiters.forEach(Actor::awaitBlocked);
    Duration observed = stage().options().scaled(Duration.ofSeconds(2));
    Set<Long> threads =
        waiters.stream().map(waiter -> waiter.thread().getId()).collect(Collectors.toSet());
    long wakeUps = settledWaits(threads);
    // 50 ms in 10 s. Whoever polls does so all the time; what else the JVM does passes.
    long limit = observed.toNanos() / 200;
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3 && used >= limit; i++) {
      long before = processorTimeOfOthers();
      stage().letPassIdly(observed);
      used = processorTimeOfOthers() - before;
    }
    assertTrue(
        used < limit,
        "1,000 waiters used "
            + used / 1000
            + " us of processor time in "
            + observed.toMillis()
            + " ms, the limit is "
            + limit / 1000
            + " us");
    if (!stage().promises(Capability.SHARED)) {
      wakeUps = waits(threads) - wakeUps;
      assertTrue(
          wakeUps < waiters.size() / 10,
          "1,000 waiters were woken "
              + wakeUps
              + " times in "
              + observed.toMillis()
              + " ms in which nothing was written: they poll");
    }
  }

  /** How often the threads have begun to wait, once they do so for good. */
  private long settledWaits(Set<Long> threads) {
    long waits = waits(threads);
    Stage.Patience patience = stage().moments();
    for (long before = -1; before != waits && !patience.isExhausted(); waits = waits(threads)) {
      before = waits;
      stage().letPassIdly(Duration.ofMillis(5));
    }
    return waits;
  }

  private static long waits(Set<Long> threads) {
    long sum = 0;
    for (long id : threads) {
      ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(id);
      sum += info == null ? 0 : info.getWaitedCount();
    }
    return sum;
  }

  private static long processorTimeOfOthers() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      if (id != Thread.currentThread().getId()) {
        sum += Math.max(0, threads.getThreadCpuTime(id));
      }
    }
    return sum;
  }

  @Test
  void in7_entriesOfOtherKeysWakeNobody() {
    Actor<Optional<String>> taker = startBlocked(Wait.IN, KEY);
    Actor<Optional<String>> reader = startBlocked(Wait.RD, KEY);
    Set<Long> threads = Set.of(taker.thread().getId(), reader.thread().getId());
    long before = settledWaits(threads);
    int count = 3_000;
    for (int i = 0; i < count; i++) {
      // Many keys: those that share a lock, or a place in a table, may wake one another.
      space().out(KEY + i, "1");
      space().inp(KEY + i);
      // Somebody who is woken by each entry needs the time to wait anew, or he would be counted
      // once.
      Stage.pause();
    }
    long woken = waits(threads) - before;
    int limit = stage().promises(Capability.SHARED) ? count / 20 : 12;
    assertTrue(
        woken < limit, count + " entries of other keys woke two waiters " + woken + " times");
    space().out(KEY, "1");
    assertEquals(Optional.of("1"), reader.result());
    assertEquals(Optional.of("1"), taker.result());
  }

  @Test
  void in7_aWaiterHoldsNobodyUp() {
    for (Wait wait : Wait.ALL) {
      startBlocked(wait, KEY);
    }
    start(
            "calls while others wait",
            () -> {
              for (String key : List.of(KEY + "x", KEY + "y")) {
                assertTrue(space().out(key, "1"), "out");
                assertEquals(Optional.of("1"), space().rdp(key), "rdp");
                assertEquals(1, space().len(key), "len");
                assertEquals(Set.of(key), space().keys(), "keys");
                assertEquals("1", space().rd(key), "rd");
                assertEquals("1", space().in(key), "in");
                assertEquals(Optional.empty(), space().inp(key), "inp");
                assertEquals(Optional.empty(), space().rdp(KEY), "rdp where others wait");
                assertEquals(0, space().len(KEY), "len where others wait");
              }
              return null;
            })
        .result();
  }

  @Test
  void in7_virtualThreadsThatWaitFreeTheirCarriers() {
    Assumptions.assumeTrue(
        VirtualThreads.areAvailable(), "this JVM has no virtual threads, they came with 21");
    int waiters = 20 * Runtime.getRuntime().availableProcessors();
    List<AtomicBoolean> served = new ArrayList<>();
    for (int i = 0; i < waiters; i++) {
      Wait wait = Wait.ALL.get(i % Wait.ALL.size());
      String key = KEY + i;
      AtomicBoolean done = new AtomicBoolean();
      served.add(done);
      VirtualThreads.start(
          () -> {
            try {
              done.set(wait.call().on(space(), key).isPresent());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    // Virtual threads begin in order: this one gets a carrier only if those before it let go of
    // theirs.
    AtomicBoolean ran = new AtomicBoolean();
    VirtualThreads.start(
        () -> {
          for (int i = 0; i < waiters; i++) {
            space().out(KEY + i, "1");
          }
          ran.set(true);
        });
    stage().await("a virtual thread that runs while others wait", ran::get);
    stage().await("all virtual threads served", () -> served.stream().allMatch(AtomicBoolean::get));
  }

  @Test
  void in8_takersAreServedInTheOrderInWhichTheyBeganToWait() {
    assumeFalse(stage().promises(Capability.SHARED), "no order is promised across processes");
    int count = 8;
    for (int round = 0; round < rounds(10); round++) {
      String key = KEY + round;
      boolean burst = round % 2 == 0;
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        takers.add(startBlocked(Wait.TAKES.get((i + round) % 2), key));
      }
      // One that gives up must not disturb the order of the others.
      int gone = stage().random().nextInt(count);
      Actor<?> leaving = takers.remove(gone);
      leaving.interrupt();
      leaving.failure();
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

  @Test
  void in8_aWaiterIsNotPassedOverForEver() {
    AtomicBoolean served = new AtomicBoolean();
    Actor<Optional<String>> waiter = startBlocked(Wait.IN, KEY);
    Stage.Patience patience = stage().patience();
    Actor<Integer> barging =
        start(
            "a thread that takes what it has written",
            () -> {
              int passed = 0;
              while (!served.get() && !patience.isExhausted()) {
                space().out(KEY, "1");
                space().inp(KEY);
                passed++;
              }
              return passed;
            });
    boolean got;
    try {
      got = waiter.result().isPresent();
    } catch (AssertionError e) {
      throw new AssertionError(
          "a waiting taker was passed over by " + barging.result(LONG) + " others", e);
    }
    served.set(true);
    assertTrue(got);
    barging.result();
  }
}
