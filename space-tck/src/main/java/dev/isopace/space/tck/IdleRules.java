package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Capability;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** IN-7: the cost of waiting. */
abstract class IdleRules extends Rules {
  private static final String KEY = "idle";
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int FEW = 100;

  @Test
  void in7_aThousandWaitersCostNoProcessorTime() {
    List<Actor<Optional<String>>> waiters = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Wait wait = Wait.ALL.get(i % Wait.ALL.size());
      String key = KEY + i;
      waiters.add(start(wait + " of " + key, () -> wait.call().on(space(), key)));
    }
    Actor.awaitAllBlocked(stage(), waiters);
    Duration observed = stage().options().scaled(Duration.ofSeconds(2));
    Set<Long> threads =
        waiters.stream().map(waiter -> waiter.thread().getId()).collect(Collectors.toSet());
    long wakeUps = settledWaits(threads);
    // 50 ms in 10 s. A space that polls does so all the time; other work of the JVM passes.
    long limit = observed.toNanos() / 200;
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3 && used >= limit; i++) {
      used = usedByOthers(observed);
    }
    long woken = waits(threads) - wakeUps;
    if (used >= limit) {
      // What the space does by itself, and others in this process, goes on without waiters.
      waiters.forEach(Actor::interrupt);
      stage().await("that no waiter is left", () -> waiters.stream().allMatch(Actor::isDone));
      used -= usedByOthers(observed);
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
      assertTrue(
          woken < waiters.size() / 10,
          "1,000 waiters were woken "
              + woken
              + " times in "
              + observed.toMillis()
              + " ms in which nothing was written: they poll");
    }
    if (waiters.stream().noneMatch(Actor::isDone)) {
      requireService(waiters);
    }
  }

  /**
   * Requires that each waiter, on a key of its own, gets its entry. The last one comes first: the
   * others are those that fill a table.
   */
  private void requireService(List<Actor<Optional<String>>> waiters) {
    Stage.Effort effort = stage().effort(waiters.size(), LONGEST);
    List<Actor<Optional<String>>> served = new ArrayList<>();
    for (int i = 0; effort.goesOnAfter(i); i++) {
      int last = waiters.size() - 1 - i;
      space().out(KEY + last, "of " + last);
      served.add(waiters.get(last));
    }
    LongSupplier done = () -> served.stream().filter(Actor::isDone).count();
    stage().letPassWhile(stage().watch(done), () -> done.getAsLong() == served.size());
    assertEquals(
        served.size(),
        done.getAsLong(),
        "waiters that an entry of their key has woken, of 1,000 that wait on a key each");
    for (int i = 0; i < served.size(); i++) {
      String entry = "of " + (waiters.size() - 1 - i);
      assertEquals(Optional.of(entry), served.get(i).result(), "what one of 1,000 waiters got");
    }
  }

  /** Returns how often the threads have begun to wait, once that number no longer changes. */
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

  private long usedByOthers(Duration observed) {
    long before = processorTimeOfOthers();
    stage().letPassIdly(observed);
    return processorTimeOfOthers() - before;
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
  void in7_aShortWaitCostsNoProcessorTime() {
    Duration timeout = stage().moment();
    Map<Wait, Actor<Long>> waiting = new LinkedHashMap<>();
    for (Wait wait : List.of(Wait.TIMED_IN, Wait.TIMED_RD)) {
      waiting.put(
          wait,
          start(
              "short waits by " + wait,
              () -> {
                ThreadMXBean threads = ManagementFactory.getThreadMXBean();
                long least = Long.MAX_VALUE;
                for (int i = 0; i < 4; i++) {
                  long before = threads.getCurrentThreadCpuTime();
                  if (wait.takes()) {
                    space().in(KEY, timeout);
                  } else {
                    space().rd(KEY, timeout);
                  }
                  least = Math.min(least, threads.getCurrentThreadCpuTime() - before);
                }
                return least;
              }));
    }
    waiting.forEach(
        (wait, waiter) -> {
          long used = waiter.result();
          assertTrue(
              used < timeout.toNanos() / 5,
              () ->
                  wait
                      + " of "
                      + timeout.toMillis()
                      + " ms used "
                      + used / 1000
                      + " us of processor time");
        });
  }

  @Test
  void in7_entriesOfOtherKeysWakeNobody() {
    Actor<Optional<String>> taker = startBlocked(Wait.IN, KEY);
    Actor<Optional<String>> reader = startBlocked(Wait.RD, KEY);
    Set<Long> threads = Set.of(taker.thread().getId(), reader.thread().getId());
    long before = settledWaits(threads);
    long begun = System.nanoTime();
    Stage.Effort effort = stage().effort(3_000, LONGEST);
    int count = 0;
    for (int i = 0; i < FEW || effort.goesOnAfter(i); i++) {
      count = i + 1;
      // Many keys: waiters of keys that share a lock, or a slot of a table, may wake each other.
      space().out(KEY + i, "1");
      space().inp(KEY + i);
      // A thread that is woken by each entry needs the time to wait anew, or it is counted once.
      Stage.pause();
    }
    long woken = waits(threads) - before;
    Duration time = Duration.ofNanos(System.nanoTime() - begun);
    int limit = stage().promises(Capability.SHARED) ? count / 20 : 12;
    if (woken >= limit) {
      // What wakes them from time to time does so without entries, too.
      long idle = waits(threads);
      stage().letPassIdly(time);
      woken -= waits(threads) - idle;
    }
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
    VirtualThreads.require();
    // More than there are carriers, even if another one makes up for each that is pinned.
    int waiters = 300 + 2 * Runtime.getRuntime().availableProcessors();
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
    AtomicInteger written = new AtomicInteger();
    AtomicBoolean ran = new AtomicBoolean();
    VirtualThreads.start(
        () -> {
          for (int i = 0; i < waiters; i++) {
            space().out(KEY + i, "1");
            written.incrementAndGet();
          }
          ran.set(true);
        });
    stage().letPassWhile(stage().watch(written::get), ran::get);
    assertTrue(
        ran.get(), () -> "a virtual thread beside others that wait has written only " + written);
    LongSupplier done = () -> served.stream().filter(AtomicBoolean::get).count();
    stage().letPassWhile(stage().watch(done), () -> done.getAsLong() == waiters);
    assertEquals(waiters, done.getAsLong(), "virtual threads that were served");
  }
}
