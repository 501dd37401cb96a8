package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * SHR-1: handles on one URI, in one process or in several, are one space. It may end with the last
 * of them: so where a test closes a handle, another is open, unless that is what it tests.
 */
abstract class SharedRules extends Rules {
  private static final String KEY = "shared";
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int HISTORIES = 5_000;

  /** So many entries that busy takers do not come to wait before their handle is closed. */
  private static final int MORE_THAN_ARE_TAKEN = 300;

  /** The number of handles at once: beyond 8, at which they may be bounded. */
  private static final int HANDLES = 12;

  /** The number of wake-ups of which one must be quick. */
  private static final int WAKE_UPS = 5;

  private static final Duration LONGEST = Duration.ofSeconds(3);

  @BeforeEach
  void requireShared() {
    assumeTrue(stage().promises(Capability.SHARED), "the space does not declare SHARED");
  }

  private void requireKills() {
    assumeTrue(stage().options().kill(), "no processes are to be started and killed");
  }

  private Space<String> another() {
    return stage().open(Codec.utf8());
  }

  @Test
  void shr1_whatOneHandleWritesAnotherSeesAtOnce() {
    Space<String> one = space();
    Space<String> other = another();
    for (int i = 0; i < rounds(20); i++) {
      String key = KEY + i;
      assertTrue(one.out(key, "a"));
      assertTrue(other.out(key, "b"));
      assertEquals(2, other.len(key), "len by the other handle");
      assertEquals(Set.of(key), other.keys(), "keys by the other handle");
      assertEquals(Optional.of("a"), other.rdp(key), "rdp by the other handle");
      assertEquals(Optional.of("a"), other.inp(key), "inp by the other handle");
      assertEquals(Optional.of("b"), one.inp(key), "inp by the first handle");
      assertEquals(0, other.len(key), "len by the other handle, at the end");
    }
  }

  @Test
  void shr1_whatSeveralHandlesWriteByTurnsLeavesInThatOrder() {
    List<Space<String>> handles = List.of(space(), another(), another());
    Stage.Effort effort = stage().effort(rounds(100), SOON.dividedBy(2));
    int count = 0;
    for (; effort.goesOnAfter(count); count++) {
      handles.get(count % 3).out(KEY, "e" + count);
    }
    for (int i = 0; i < count; i++) {
      assertEquals(
          Optional.of("e" + i),
          handles.get(i % 2).inp(KEY),
          "entry " + i + " of " + count + ", written by three handles by turns");
    }
  }

  @Test
  void shr1_oneHandleCountsWhatAnotherHasJustChanged() {
    Space<String> one = space();
    Space<String> other = another();
    Stage.Patience time = stage().atMost(SOON);
    for (int i = 0; i < rounds(300) && !time.isExhausted(); i++) {
      one.out(KEY, "1");
      assertEquals(1, other.len(KEY), "len by a handle after an out by another");
      assertEquals(Set.of(KEY), other.keys(), "keys by a handle after an out by another");
      assertEquals(Optional.of("1"), one.inp(KEY), "inp");
      assertEquals(0, other.len(KEY), "len by a handle after an inp by another");
      assertEquals(Optional.empty(), other.rdp(KEY), "rdp by a handle after an inp by another");
    }
  }

  @Test
  void shr1_whoWaitsByOneHandleIsWokenByAnother() {
    Space<String> other = another();
    for (Wait wait : Wait.ALL) {
      // Where others keep the processors busy, any wake-up may be late, but not each of them.
      long least = Long.MAX_VALUE;
      long limit = stage().promptly().toNanos();
      for (int i = 0; i < rounds(WAKE_UPS) || (least >= limit && i < WAKE_UPS); i++) {
        String key = wait + "-" + i;
        Actor<Optional<String>> waiter = startBlocked(wait, key);
        other.out(key, "1");
        // What a call takes on the way is no part of it.
        long begin = System.nanoTime();
        assertEquals(Optional.of("1"), waiter.result(), "what a waiting " + wait + " got");
        least = Math.min(least, System.nanoTime() - begin);
      }
      assertTrue(
          least < limit,
          wait
              + " was woken "
              + least / 1_000_000
              + " ms after an out by another handle, or later, each time: it seems to look for"
              + " entries now and then, and not to be told of them");
    }
  }

  @Test
  void shr1_readersOfAllHandlesAreWoken() {
    List<Space<String>> handles = List.of(space(), another(), another());
    for (Wait wait : Wait.READS) {
      List<Actor<Optional<String>>> readers = new ArrayList<>();
      String key = KEY + wait;
      for (int i = 0; i < 6; i++) {
        Space<String> handle = handles.get(i % 3);
        readers.add(
            start(wait + " by handle " + i % 3, () -> wait.call().on(handle, key)).awaitBlocked());
      }
      handles.get(1).out(key, "1");
      for (int i = 0; i < readers.size(); i++) {
        assertEquals(
            Optional.of("1"),
            readers.get(i).result(),
            "what a waiting " + wait + " by handle " + i % 3 + " got, written by handle 1");
      }
      assertEquals(Optional.of("1"), space().inp(key), "what is there for a taker");
    }
  }

  @Test
  void shr1_readersOfManyHandlesAreWoken() {
    List<Actor<Optional<String>>> readers = new ArrayList<>();
    for (int i = 0; i < HANDLES; i++) {
      Space<String> handle = another();
      Wait wait = Wait.READS.get(i % 2);
      readers.add(
          start(wait + " by one of many handles", () -> wait.call().on(handle, KEY))
              .awaitBlocked());
    }
    space().out(KEY, "1");
    for (int i = 0; i < readers.size(); i++) {
      assertEquals(
          Optional.of("1"),
          readers.get(i).result(),
          "what a reader got by handle " + i + " of " + HANDLES);
    }
  }

  @Test
  void shr1_closingOneHandleDisturbsNoOther() {
    Space<String> other = another();
    space().out("kept", "1");
    other.out("kept, too", "1");
    Actor<Optional<String>> waiter = startBlocked(Wait.IN, KEY);
    List<Actor<Optional<String>>> others = new ArrayList<>();
    for (Wait wait : Wait.ALL) {
      others.add(startBlocked(wait, KEY + wait));
    }
    Actor<?> closed = start("in by the other", () -> other.in("never")).awaitBlocked();
    other.close();
    other.close();
    Throwable thrown = closed.failure();
    assertTrue(
        thrown instanceof SpaceClosedException, "the waiter of the closed one got " + thrown);
    assertEquals(Optional.of("1"), space().rdp("kept"), "an entry that was there before");
    assertEquals(Optional.of("1"), space().rdp("kept, too"), "an entry that it had written");
    Space<String> third = another();
    for (int i = 0; i < others.size(); i++) {
      third.out(KEY + Wait.ALL.get(i), "1");
      assertEquals(Optional.of("1"), others.get(i).result(), "what another waiter got");
    }
    third.out(KEY, "2");
    assertEquals(Optional.of("2"), waiter.result(), "what the waiter of an open handle got");
    assertEquals(Optional.of("1"), third.inp("kept"), "by a handle that was opened afterwards");
  }

  @Test
  void shr1_closingTheHandleThatWasOpenedFirstDisturbsNoOther() {
    space().out("kept", "1");
    Space<String> other = another();
    List<Actor<Optional<String>>> waiters = new ArrayList<>();
    for (Wait wait : Wait.ALL) {
      waiters.add(
          start(wait + " by another handle", () -> wait.call().on(other, KEY + wait))
              .awaitBlocked());
    }
    space().close();
    assertEquals(Optional.of("1"), other.rdp("kept"), "an entry that was there before");
    Space<String> third = another();
    for (int i = 0; i < waiters.size(); i++) {
      third.out(KEY + Wait.ALL.get(i), "1");
      assertEquals(Optional.of("1"), waiters.get(i).result(), "what a waiter of another got");
    }
  }

  @Test
  void shr1_whoWaitsBehindAWaiterOfAHandleThatClosesIsServed() {
    Space<String> open = space();
    Space<String> other = another();
    List<Actor<?>> first = new ArrayList<>();
    Map<String, Actor<Optional<String>>> second = new LinkedHashMap<>();
    for (Wait closing : Wait.ALL) {
      for (Wait wait : Wait.ALL) {
        String key = wait + " behind " + closing + " of a handle that closes";
        first.add(start(closing + " until close", () -> closing.call().on(other, key)));
        first.get(first.size() - 1).awaitBlocked();
        second.put(key, start(key, () -> wait.call().on(open, key)).awaitBlocked());
      }
    }
    other.close();
    first.forEach(Actor::failure);
    second.forEach(
        (key, waiter) -> {
          open.out(key, "1");
          assertEquals(Optional.of("1"), waiter.result(), key);
        });
  }

  @Test
  void shr1_twoHandlesThatAreOpenedAtOnceAreOneSpace() {
    Stage.Patience time = stage().atMost(SOON);
    for (int i = 0; i < rounds(20) && !time.isExhausted(); i++) {
      // No other is open: in most spaces that end with their last handle, each round begins one.
      List<Space<String>> both = twiceAtOnce("one of two that open at once", this::another);
      Space<String> one = both.get(0);
      Space<String> other = both.get(1);
      assertTrue(one.out(KEY, "1"), "out by one of two handles that were opened at once");
      assertEquals(
          Optional.of("1"),
          other.inp(KEY),
          "inp by the other of two handles that were opened at once, which must be one space");
      one.close();
      other.close();
    }
  }

  @Test
  void shr1_aHandleThatIsOpenedWhileTheLastOneClosesIsLikeAnyOther() {
    Stage.Effort effort = stage().effort(rounds(300), SOON.dividedBy(2));
    for (int i = 0; effort.goesOnAfter(i); i++) {
      String key = KEY + i;
      Space<String> last = another();
      // By turns, too, who of the two comes first where they cannot run at the same time.
      AtomicInteger turn = new AtomicInteger(i);
      List<Space<String>> both =
          twiceAtOnce(
              "close of the last handle, or open of the next",
              () -> {
                boolean opens = turn.getAndIncrement() % 2 == 0;
                spin(1_000);
                if (opens) {
                  return another();
                }
                last.close();
                return last;
              });
      Space<String> next = both.get(both.get(0) == last ? 1 : 0);
      assertTrue(next.out(key, "1"), "out by a handle that was opened while another closed");
      assertEquals(Optional.of("1"), next.rdp(key), "rdp by the handle itself");
      Space<String> third = another();
      assertEquals(Optional.of("1"), third.inp(key), "inp by a handle that was opened afterwards");
      third.close();
      next.close();
    }
  }

  @Test
  void in4_whoWaitedByAHandleThatWasClosedTakesNothingAfterwards() {
    Space<String> open = space();
    for (int i = 0; i < rounds(5); i++) {
      String key = KEY + i;
      Space<String> other = another();
      List<Actor<?>> waiters = new ArrayList<>();
      for (Wait wait : Wait.TAKES) {
        waiters.add(start(wait + " until close", () -> wait.call().on(other, key)).awaitBlocked());
      }
      other.close();
      waiters.forEach(Actor::failure);
      for (int entry = 0; entry < 4; entry++) {
        open.out(key, "e" + entry);
      }
      stage().letPassIdly(stage().moment());
      for (int entry = 0; entry < 4; entry++) {
        assertEquals(
            Optional.of("e" + entry), open.inp(key), "entry " + entry + ", written after close");
      }
    }
  }

  @Test
  void in4_anEntryThatComesWhileTheHandleOfATakerClosesIsNotLost() {
    Space<String> open = space();
    for (int i = 0; i < rounds(30); i++) {
      String key = KEY + i;
      Space<String> other = another();
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      for (Wait wait : Wait.TAKES) {
        takers.add(start(wait + " until close", () -> wait.call().on(other, key)).awaitBlocked());
      }
      Actor<?> closing =
          start(
              "close of the handle of takers",
              () -> {
                spin(20_000);
                return close(other);
              });
      spin(40_000);
      assertTrue(open.out(key, "1"), "out by an open handle");
      closing.result(stage().timeToClose());
      List<String> found = new ArrayList<>();
      boolean isCertain = true;
      for (Actor<Optional<String>> taker : takers) {
        try {
          taker.result().ifPresent(found::add);
        } catch (AssertionError e) {
          isCertain &= e.getCause() instanceof SpaceClosedException;
          if (!(e.getCause() instanceof SpaceException)) {
            throw e;
          }
        }
      }
      open.inp(key).ifPresent(found::add);
      if (isCertain) {
        assertEquals(
            List.of("1"),
            found,
            "what takers of a handle that was closed returned, and what is left for another");
      }
    }
  }

  @Test
  void in4_whatTakersLeftWhoWereBusyUntilTheirHandleClosedIsThereForAnother() {
    Space<String> open = space();
    Stage.Effort effort = stage().effort(rounds(20), SOON);
    for (int round = 0; effort.goesOnAfter(round); round++) {
      String key = KEY + round;
      List<String> written = new ArrayList<>();
      for (int i = 0; i < MORE_THAN_ARE_TAKEN; i++) {
        written.add(round + "." + i);
        open.out(key, written.get(i));
      }
      Space<String> other = another();
      BusyTakers takers =
          new BusyTakers(stage(), other, key, List.of(Wait.IN, Wait.TIMED_IN, Wait.IN));
      takers.awaitTakes(10);
      spin(5_000);
      other.close();
      List<String> found = takers.taken();
      found.addAll(DurableRules.drain(open, key));
      requireEachOnce(written, found, takers.doubts());
    }
  }

  @Test
  void out1_whatReturnedTrueWhileTheHandleClosesIsSeenByAnother() {
    writeUntilClose(BusyWriters::requireStored);
  }

  @Test
  void out3_whatReturnedFalseWhileTheHandleClosesIsSeenByNoOther() {
    writeUntilClose(BusyWriters::requireNoMore);
  }

  private void writeUntilClose(BusyWriters.Check check) {
    Space<String> open = space();
    Stage.Effort effort = stage().effort(rounds(40), SOON);
    for (int round = 0; effort.goesOnAfter(round); round++) {
      String key = KEY + round;
      Space<String> other = another();
      BusyWriters writers = new BusyWriters(stage(), other, List.of(key));
      writers.awaitOuts(5);
      spin(20_000);
      other.close();
      check.of(writers, key, open.len(key));
    }
  }

  @Test
  void in6_anEntryForATakerThatGivesUpGoesToATakerOfAnotherHandle() {
    Space<String> other = another();
    Duration timeout = stage().moment().dividedBy(20);
    for (int i = 0; i < rounds(60); i++) {
      String key = KEY + i;
      boolean isTimed = i % 3 == 0;
      Wait wait = Wait.TAKES.get(i % 2);
      Actor<Optional<String>> first =
          isTimed
              ? start("a taker whose time is over", () -> space().in(key, timeout))
              : startBlocked(wait, key);
      long begin = System.nanoTime();
      Actor<Optional<String>> second =
          start(wait + " by another handle", () -> wait.call().on(other, key)).awaitBlocked();
      if (isTimed) {
        long blow = timeout.toNanos() + stage().random().nextInt(400_000) - 200_000;
        while (System.nanoTime() - begin < blow) {
          Thread.onSpinWait();
        }
        space().out(key, "1");
      } else if (stage().random().nextBoolean()) {
        first.interrupt();
        spin(20_000);
        space().out(key, "1");
      } else {
        space().out(key, "1");
        spin(20_000);
        first.interrupt();
      }
      String expected = "1";
      try {
        if (first.result().isPresent()) {
          expected = "2";
          space().out(key, "2");
        }
      } catch (AssertionError e) {
        if (e.getCause() instanceof IndeterminateException) {
          continue;
        }
        if (!(e.getCause() instanceof InterruptedException)) {
          throw e;
        }
      }
      assertEquals(Optional.of(expected), second.result(), "what the taker of another handle got");
      assertEquals(0, space().len(key), "entries left");
    }
  }

  @Test
  void in6_anEntryForATakerWhoseHandleClosesGoesToATakerOfAnotherHandle() {
    Space<String> open = space();
    Stage.Effort effort = stage().effort(rounds(60), SOON);
    for (int i = 0; effort.goesOnAfter(i); i++) {
      String key = KEY + i;
      Wait wait = Wait.TAKES.get(i % 2);
      Space<String> other = another();
      Actor<Optional<String>> first =
          start(wait + " until close", () -> wait.call().on(other, key)).awaitBlocked();
      Actor<Optional<String>> second =
          start(wait + " behind a taker whose handle closes", () -> wait.call().on(open, key))
              .awaitBlocked();
      if (stage().random().nextBoolean()) {
        open.out(key, "1");
        spin(1_000);
        other.close();
      } else {
        Actor<?> closing = start("close of the handle of a taker", () -> close(other));
        spin(20_000);
        open.out(key, "1");
        closing.result(stage().timeToClose());
      }
      End end = endOf(first, SpaceClosedException.class);
      if (end == End.IN_DOUBT) {
        continue;
      }
      if (end == End.TOOK) {
        open.out(key, "2");
      }
      assertEquals(
          Optional.of(end == End.TOOK ? "2" : "1"),
          second.result(),
          "what the taker of another handle got, behind one that close ended");
      assertEquals(0, open.len(key), "entries left");
    }
  }

  @Test
  void in8_aWaiterIsNotPassedOverForEverByThoseOfAnotherHandle() {
    Space<String> busy = another();
    for (Wait wait : Wait.TAKES) {
      requireService(wait, KEY + " by " + wait, busy);
    }
  }

  /** Requires that a taker gets an entry beside others, by the handle that writes. */
  private void requireService(Wait wait, String key, Space<String> busy) {
    Actor<Optional<String>> waiter = startBlocked(wait, key);
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicInteger taken = new AtomicInteger();
    List<Actor<?>> others = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      others.add(
          start(
              "one of two takers of the handle that writes",
              () -> {
                while (!isOver.get()) {
                  busy.in(key);
                  taken.incrementAndGet();
                }
                return null;
              }));
    }
    // Else the first entry may find only one that waits.
    Actor.awaitAllBlocked(stage(), others);
    Stage.Patience patience = stage().patience();
    for (int written = 1; !waiter.isDone() && !patience.isExhausted(); written++) {
      busy.out(key, "e" + written);
      int all = written;
      // One at a time, so that there are waiters of both handles for nearly each.
      stage()
          .await("that " + all + " entries are taken", () -> waiter.isDone() || taken.get() >= all);
    }
    assertTrue(
        waiter.isDone(),
        () ->
            "a waiting "
                + wait
                + " was passed over by takers of another handle, which got all of "
                + taken
                + " entries");
    assertTrue(waiter.result().isPresent(), "what the waiting " + wait + " got");
    isOver.set(true);
    others.forEach(each -> busy.out(key, "last"));
    others.forEach(Actor::result);
  }

  @Test
  void shr1_everyEntryIsTakenOnceByWhicheverHandle() {
    List<Space<String>> handles = List.of(space(), another(), another());
    int each = rounds(200);
    AtomicInteger left = new AtomicInteger(each * handles.size());
    AtomicInteger written = new AtomicInteger();
    Queue<String> taken = new ConcurrentLinkedQueue<>();
    Stage.Watch watch = stage().watch(() -> (long) written.get() - left.get());
    List<Actor<?>> actors = new ArrayList<>();
    for (int h = 0; h < handles.size(); h++) {
      Space<String> handle = handles.get(h);
      String name = h + ":";
      actors.add(
          start(
              "producer " + h,
              () -> {
                for (int i = 0; i < each; i++) {
                  handle.out(KEY, name + i);
                  written.incrementAndGet();
                }
                return null;
              }));
      actors.add(
          start(
              "taker " + h,
              () -> {
                while (left.get() > 0 && !watch.isOver()) {
                  handle
                      .in(KEY, SHORT)
                      .ifPresent(
                          entry -> {
                            taken.add(entry);
                            left.decrementAndGet();
                          });
                }
                return null;
              }));
    }
    stage().letPassWhile(watch, () -> actors.stream().allMatch(Actor::isDone));
    actors.forEach(Actor::result);
    int expected = each * handles.size();
    assertEquals(expected, taken.size(), "entries taken, of " + expected);
    assertEquals(expected, taken.stream().distinct().count(), "different entries taken");
  }

  @Test
  void shr1_anotherProcessIsInTheSameSpace() throws IOException {
    requireKills();
    try (Partner partner = new Partner(stage())) {
      space().out(KEY, "1");
      assertEquals("1", partner.ask("RDP " + KEY), "rdp by another process");
      assertEquals("1", partner.ask("LEN " + KEY), "len by another process");
      assertEquals("1", partner.ask("INP " + KEY), "inp by another process");
      assertEquals(Optional.empty(), space().inp(KEY), "inp after another process took it");
      Actor<Optional<String>> waiter = startBlocked(Wait.IN, KEY);
      assertEquals("stored", partner.ask("OUT " + KEY + " 2"));
      assertEquals(Optional.of("2"), waiter.result(), "what another process wrote");
      partner.begin("IN " + KEY);
      space().out(KEY, "3");
      assertEquals("3", partner.answer(), "what another process got that waited");
      for (Wait wait : Wait.ALL) {
        Actor<Optional<String>> other = startBlocked(wait, KEY + wait.takes());
        assertEquals("stored", partner.ask("OUT " + KEY + wait.takes() + " 4"));
        assertEquals(Optional.of("4"), other.result(), "what another process wrote");
        space().inp(KEY + wait.takes());
      }
      partner.begin("RD " + KEY);
      space().out(KEY, "5");
      assertEquals("5", partner.answer(), "what another process read that waited");
      assertEquals("stored", partner.ask("OUT listed 6"));
      assertEquals(1, space().len("listed"), "len of what another process wrote");
      assertEquals(Set.of(KEY, "listed"), space().keys(), "keys, one of another process");
      assertEquals(Set.of(KEY, "listed"), another().keys(), "keys by a new handle");
    }
  }

  @Test
  void shr1_callsOfSeveralProcessesCanBeToldInAnOrder() throws IOException {
    requireKills();
    try (Partner one = new Partner(stage());
        Partner other = new Partner(stage())) {
      Ensemble ensemble =
          new Ensemble(
              stage(),
              Ensemble.Player.on(space()),
              List.of(one, Ensemble.Player.on(another()), other));
      int judged = ensemble.perform(rounds(HISTORIES), LONGEST);
      stage().report("histories of several processes checked", judged);
    }
  }

  @Test
  void shr1_aProcessThatIsKilledWhileItWaitsTakesNothingWithIt() throws IOException {
    requireKills();
    for (int i = 0; i < 3; i++) {
      String key = KEY + i;
      try (Partner partner = new Partner(stage())) {
        partner.begin("IN " + key);
        Actor<Optional<String>> waiter = startBlocked(Wait.IN, key);
        partner.kill();
        space().out(key, "1");
        assertEquals(
            Optional.of("1"), waiter.result(), "what a waiter got behind one that was killed");
      }
    }
  }
}
