package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** FIFO: order, atomicity, conservation. */
abstract class OrderRules extends Rules {
  private static final String KEY = "order";
  private static final List<String> TAKES = List.of("inp", "in", "timed in", "in with timeout 0");
  private static final int GREAT_MANY = 1_200_000;
  private static final int MANY_KEYS = 20_000;
  private static final Duration LONGEST_TO_WRITE = Duration.ofSeconds(2);

  /** A timeout that is short enough to expire many times, and long enough for a caller to wait. */
  private static final Duration BRIEFLY = Duration.ofMillis(1);

  @Test
  void fifo1_entriesLeaveInTheOrderInWhichTheyWereWritten() throws InterruptedException {
    int count = rounds(300);
    for (int i = 0; i < count; i++) {
      space().out(KEY, "e" + i);
    }
    for (int i = 0; i < count; i++) {
      String entry = "entry number " + i + ", taken by " + TAKES.get(i % TAKES.size());
      assertEquals(Optional.of("e" + i), take(KEY, i), entry);
    }
  }

  /** Takes without waiting, in one of the possible ways. */
  private Optional<String> take(String key, int way) throws InterruptedException {
    return switch (way % TAKES.size()) {
      case 0 -> space().inp(key);
      case 1 -> Optional.of(space().in(key));
      case 2 -> space().in(key, LONG);
      default -> space().in(key, Duration.ZERO);
    };
  }

  @Test
  void fifo1_aLongQueueKeepsItsOrder() {
    Stage.Effort effort = stage().effort(rounds(LONG_QUEUE), LONGEST_TO_WRITE);
    int count = 0;
    while (effort.goesOnAfter(count)) {
      space().out(KEY, "e" + count++);
    }
    for (int i = 0; i < count; i++) {
      assertEquals(Optional.of("e" + i), space().inp(KEY), "entry " + i + " of " + count);
    }
    assertEquals(Optional.empty(), space().inp(KEY), "after all were taken");
  }

  @Test
  void fifo1_aQueueThatGrowsWhileItIsTakenFromKeepsItsOrder() {
    Stage.Effort effort = stage().effort(rounds(LONG_QUEUE / 2), LONGEST_TO_WRITE.dividedBy(2));
    int taken = 0;
    int written = 0;
    while (effort.goesOnAfter(written)) {
      space().out(KEY, "e" + written++);
      // The head has moved whenever there must be room for more.
      if (written % 3 == 0) {
        assertEquals(Optional.of("e" + taken), space().inp(KEY), "entry " + taken);
        taken++;
      }
    }
    for (; taken < written; taken++) {
      assertEquals(Optional.of("e" + taken), space().inp(KEY), "entry " + taken + " of " + written);
    }
  }

  @Test
  void fifo1_entriesOfAnyKeyKeepTheirOrder() {
    for (String key : List.of("", " ", "k".repeat(60), "k".repeat(300), "\u00E9".repeat(256))) {
      for (int i = 0; i < 5; i++) {
        space().out(key, "e" + i);
      }
      for (int i = 0; i < 5; i++) {
        String entry = "entry " + i + " of a key of " + key.length() + " characters";
        assertEquals(Optional.of("e" + i), space().inp(key), entry);
      }
    }
  }

  @Test
  void fifo1_theOutsOfOneThreadKeepItsOrderAmongThoseOfOthers() {
    int producers = 3;
    int each = rounds(300);
    List<Actor<Boolean>> writing = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      int producer = p;
      writing.add(
          start(
              "producer " + p,
              () -> {
                for (int i = 0; i < each; i++) {
                  space().out(KEY, producer + ":" + i);
                }
                return true;
              }));
    }
    int[] next = new int[producers];
    AtomicInteger taken = new AtomicInteger();
    start(
            "taker",
            () -> {
              for (int i = 0; i < producers * each; i++) {
                String entry = space().in(KEY);
                taken.set(i);
                int colon = entry.indexOf(':');
                int producer = Integer.parseInt(entry.substring(0, colon));
                assertEquals(
                    next[producer]++,
                    Integer.parseInt(entry.substring(colon + 1)),
                    "next of producer " + producer);
              }
              return true;
            })
        .result(stage().watch(taken::get));
    writing.forEach(Actor::result);
  }

  @Test
  void fifo1_aQueueOfAnyLengthBehavesAsAPlainQueue() throws InterruptedException {
    String[] keys = {"a", "b", "Aa", "BB"};
    Map<String, Queue<String>> model = new HashMap<>();
    Stage.Effort effort = stage().effort(rounds(1_000), LONGEST_TO_WRITE.multipliedBy(5));
    for (int i = 0; effort.goesOnAfter(i); i++) {
      String key = keys[stage().random().nextInt(keys.length)];
      Queue<String> queue = model.computeIfAbsent(key, k -> new ArrayDeque<>());
      String head = queue.peek();
      String step = "step " + i + " on key " + key;
      switch (stage().random().nextInt(7)) {
        case 0, 1, 2 -> {
          assertTrue(space().out(key, "e" + i), step);
          queue.add("e" + i);
        }
        case 3 -> {
          assertEquals(Optional.ofNullable(head), space().inp(key), step + ": inp");
          queue.poll();
        }
        case 4 -> {
          assertEquals(Optional.ofNullable(head), space().in(key, Duration.ZERO), step + ": in");
          queue.poll();
        }
        case 5 -> assertEquals(Optional.ofNullable(head), space().rdp(key), step + ": rdp");
        default -> assertEquals(queue.size(), space().len(key), step + ": len");
      }
    }
  }

  @Test
  void fifo2_anOperationThatHasReturnedIsSeenByAllThatBeginAfterwards() {
    for (int i = 0; i < rounds(50); i++) {
      String key = "effect-" + i;
      assertTrue(start("out", () -> space().out(key, "1")).result(), "what out returned");
      assertEquals(
          Optional.of("1"), start("rdp", () -> space().rdp(key)).result(), "rdp after out");
      assertEquals(1L, start("len", () -> space().len(key)).result(), "len after out");
      assertTrue(start("keys", () -> space().keys()).result().contains(key), "keys after out");
      assertEquals(
          Optional.of("1"), start("inp", () -> space().inp(key)).result(), "inp after out");
      assertEquals(
          Optional.empty(), start("rdp", () -> space().rdp(key)).result(), "rdp after inp");
      assertEquals(0L, start("len", () -> space().len(key)).result(), "len after inp");
      assertEquals(
          Optional.empty(), start("inp", () -> space().inp(key)).result(), "inp after inp");
    }
  }

  @Test
  void fifo2_anOperationIsSeenByTheNextOneOfItsThread() throws InterruptedException {
    Stage.Patience time = stage().atMost(LONGEST_TO_WRITE.dividedBy(4));
    for (int i = 0; i < rounds(1_000) && !time.isExhausted(); i++) {
      Optional<String> entry = Optional.of("e" + i);
      assertEquals(Optional.empty(), space().rdp(KEY), "rdp before an out");
      assertEquals(Optional.empty(), space().rd(KEY, Duration.ZERO), "rd with timeout 0");
      assertEquals(Optional.empty(), space().in(KEY, Duration.ZERO), "in with timeout 0");
      space().out(KEY, "e" + i);
      assertEquals(entry, space().rdp(KEY), "rdp after an out");
      assertEquals(entry, space().rd(KEY, Duration.ZERO), "rd with timeout 0 after an out");
      assertEquals(1, space().len(KEY), "len after an out");
      assertEquals(entry, take(KEY, i % 2 == 0 ? 0 : 3), TAKES.get(i % 2 * 3) + " after an out");
      assertEquals(0, space().len(KEY), "len after the only entry was taken");
    }
  }

  @Test
  void fifo2_theHeadNeverMovesBackwards() {
    Stage.Effort effort = stage().effort(rounds(1_000), LONGEST_TO_WRITE);
    Stage.Patience moments = stage().moments();
    AtomicInteger moved = new AtomicInteger();
    space().out(KEY, "0");
    Actor<Boolean> moving =
        start(
            "moving the head",
            () -> {
              for (int i = 1; effort.goesOnAfter(i - 1) || !moments.isExhausted(); i++) {
                moved.set(i);
                space().out(KEY, Integer.toString(i));
                assertEquals(Optional.of(Integer.toString(i - 1)), space().inp(KEY));
              }
              return true;
            });
    List<Actor<Boolean>> reading = new ArrayList<>();
    for (int r = 0; r < 2; r++) {
      reading.add(
          start(
              "reader " + r,
              () -> {
                int last = 0;
                while (!moving.isDone()) {
                  int head = Integer.parseInt(space().rdp(KEY).orElseThrow());
                  assertTrue(head >= last, "read head " + head + " after " + last);
                  last = head;
                  long length = space().len(KEY);
                  assertTrue(length == 1 || length == 2, "len is " + length + ", not 1 or 2");
                }
                return true;
              }));
    }
    moving.result(stage().watch(moved::get));
    reading.forEach(Actor::result);
  }

  @Test
  void fifo2_lenAgreesWithWhatIsThere() {
    int count = rounds(1_000);
    Stage.Patience moments = stage().moments();
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    Actor<?> moving =
        start(
            "one entry after the other",
            () -> {
              for (int i = 1; i <= count || !moments.isExhausted(); i++) {
                begun.set(i);
                space().out(KEY, Integer.toString(i));
                ended.set(i);
                assertEquals(Optional.of(Integer.toString(i)), space().inp(KEY));
              }
              return null;
            });
    while (!moving.isDone()) {
      int written = ended.get();
      Optional<String> before = space().rdp(KEY);
      long length = space().len(KEY);
      Optional<String> after = space().rdp(KEY);
      if (before.isPresent() && before.equals(after)) {
        assertEquals(1, length, "len between two probes that saw the same entry");
      }
      if (before.isEmpty() && begun.get() == written) {
        assertEquals(0, length, "len after a probe in vain, though nothing was written");
      }
    }
    moving.result();
  }

  @Test
  void fifo3_everyEntryIsTakenOnceAndNoneIsLost() {
    int each = rounds(400);
    int producers = 3;
    String[] keys = {"jobs", "jobs.eu"};
    AtomicInteger left = new AtomicInteger(producers * each);
    AtomicInteger written = new AtomicInteger();
    Queue<String> taken = new ConcurrentLinkedQueue<>();
    List<Actor<?>> actors = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      int producer = p;
      actors.add(
          start(
              "producer " + p,
              () -> {
                for (int i = 0; i < each; i++) {
                  String key = keys[(producer + i) % keys.length];
                  space().out(key, key + "/" + producer + ":" + i);
                  written.incrementAndGet();
                }
                return null;
              }));
    }
    for (int t = 0; t < 4; t++) {
      int taker = t;
      String key = keys[t % keys.length];
      actors.add(
          start(
              "taker " + t,
              () -> {
                Duration wait = Duration.ofMillis(5);
                while (left.get() > 0) {
                  Optional<String> entry = taker < 2 ? space().in(key, wait) : space().inp(key);
                  entry.ifPresent(
                      value -> {
                        assertTrue(value.startsWith(key + "/"), value + " came out of " + key);
                        taken.add(value);
                        left.decrementAndGet();
                      });
                }
                return null;
              }));
    }
    Stage.Watch watch = stage().watch(() -> (long) written.get() - left.get());
    actors.forEach(actor -> actor.result(watch));
    TreeSet<String> expected = new TreeSet<>();
    for (int p = 0; p < producers; p++) {
      for (int i = 0; i < each; i++) {
        expected.add(keys[(p + i) % keys.length] + "/" + p + ":" + i);
      }
    }
    assertEquals(expected.size(), taken.size(), "number of entries taken");
    requireKeys(expected, new TreeSet<>(taken), "entries taken");
    assertEquals(0, space().len(keys[0]) + space().len(keys[1]), "entries left");
  }

  @Test
  void fifo3_ofAGreatManyEntriesNoneIsLostAndNoneComesTwice() throws InterruptedException {
    Stage.Effort effort = stage().effort(rounds(GREAT_MANY), LONGEST_TO_WRITE);
    int count = 0;
    for (; effort.goesOnAfter(count); count++) {
      String entry = "e" + count;
      space().out(KEY, entry);
      // Not by a take that would wait for a lost entry.
      Optional<String> taken = take(KEY, count % 2 == 0 ? 0 : 3);
      if (!taken.equals(Optional.of(entry))) {
        assertEquals(Optional.of(entry), taken, "entry " + count + ", the only one of its key");
      }
    }
    assertEquals(Optional.empty(), space().inp(KEY), "after all " + count + " were taken");
    stage().report("entries passed", count);
  }

  @Test
  void fifo3_whoReadsInVainTakesNothingAway() {
    Stage.Patience time = stage().atMost(LONGEST_TO_WRITE.dividedBy(4));
    AtomicBoolean isOver = new AtomicBoolean();
    List<Actor<?>> readers = new ArrayList<>();
    for (int r = 0; r < 2; r++) {
      Duration timeout = Duration.ofNanos(1 + r * 20_000);
      readers.add(
          start(
              "a reader that gives up",
              () -> {
                while (!isOver.get()) {
                  space().rd(KEY, timeout);
                }
                return null;
              }));
    }
    try {
      for (int i = 0; i < rounds(20_000) && !time.isExhausted(); i++) {
        String entry = "e" + i;
        space().out(KEY, entry);
        assertEquals(Optional.of(entry), space().inp(KEY), "the only entry, beside readers");
      }
    } finally {
      isOver.set(true);
    }
    readers.forEach(Actor::result);
  }

  @Test
  void fifo3_anEntryThatComesWhenSomebodyGivesUpStays() {
    Stage.Patience time = stage().atMost(LONGEST_TO_WRITE.dividedBy(4));
    for (int i = 0; i < rounds(500) && !time.isExhausted(); i++) {
      String key = KEY + i;
      boolean takes = i % 2 == 1;
      Actor<Optional<String>> waiter =
          start(
              takes ? "taker that gives up" : "reader that gives up",
              () -> takes ? space().in(key, BRIEFLY) : space().rd(key, BRIEFLY));
      LockSupport.parkNanos((long) (stage().random().nextDouble() * 2 * BRIEFLY.toNanos()));
      space().out(key, "e");
      boolean isTaken = waiter.result().isPresent() && takes;
      Optional<String> left = isTaken ? Optional.empty() : Optional.of("e");
      String when = "after an out when the only " + (takes ? "taker" : "reader") + " gave up";
      assertEquals(left, space().rdp(key), () -> "rdp " + when);
      assertEquals(left, space().inp(key), () -> "inp " + when);
    }
  }

  @Test
  void fifo3_equalValuesAreSeparateEntries() {
    for (int i = 0; i < 3; i++) {
      space().out(KEY, "same");
    }
    assertEquals(3, space().len(KEY), "len after three calls of out with equal values");
    for (int i = 0; i < 3; i++) {
      assertEquals(Optional.of("same"), space().inp(KEY), "inp of copy " + i);
    }
    assertEquals(Optional.empty(), space().inp(KEY), "inp after all copies were taken");
  }

  @Test
  void fifo3_aValueThatIsEmptyIsAnEntryLikeAnyOther() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      space().out(KEY, "");
    }
    Optional<String> empty = Optional.of("");
    assertEquals(3, space().len(KEY), "len of three entries that are empty");
    assertEquals(empty, space().rdp(KEY), "rdp");
    assertEquals("", space().rd(KEY), "rd");
    assertEquals(empty, space().rd(KEY, LONG), "timed rd");
    assertEquals(empty, space().inp(KEY), "inp");
    assertEquals("", space().in(KEY), "in");
    assertEquals(empty, space().in(KEY, LONG), "timed in");
    assertEquals(Optional.empty(), space().inp(KEY), "after all were taken");
  }

  @Test
  void fifo3_aValueThatIsEmptyReachesThoseWhoWaitForIt() {
    for (Wait wait : Wait.ALL) {
      Actor<Optional<String>> waiter = startBlocked(wait, KEY);
      space().out(KEY, "");
      assertEquals(
          Optional.of(""), waiter.result(), "what " + wait + " got that waited for an empty value");
      assertEquals(
          wait.takes() ? Optional.empty() : Optional.of(""),
          space().inp(KEY),
          "what is left by " + wait);
    }
  }

  @Test
  void fifo3_keysAreKeptApart() {
    // The second two have equal hash codes; the rest differ by what a careless encoding loses.
    List<String> keys = List.of("", "Aa", "BB", "a", "A", "a ", "a.b", "a/b", "a%2Fb", "*", ">");
    Space<String> space = space();
    IntStream.range(0, 3).forEach(i -> keys.forEach(key -> space.out(key, key + i)));
    for (String absent : List.of("B", "a%", "a.", ".", "**", " ")) {
      assertEquals(Optional.empty(), space.rdp(absent), "rdp of '" + absent + "'");
      assertEquals(Optional.empty(), space.inp(absent), "inp of '" + absent + "'");
      assertEquals(0, space.len(absent), "len of '" + absent + "'");
    }
    // In another order than they were written: two keys that are one would go unnoticed else.
    List<String> others = new ArrayList<>(keys);
    Collections.reverse(others);
    for (int i = 0; i < 3; i++) {
      for (String key : others) {
        assertEquals(Optional.of(key + i), space.inp(key), "entry " + i + " of '" + key + "'");
      }
    }
    for (String key : keys) {
      assertEquals(Optional.empty(), space.inp(key), "after the last entry of '" + key + "'");
    }
  }

  @Test
  void fifo4_whatWasDoneBeforeOutIsSeenByWhoReceivesTheEntry() {
    abort(
        "no test of this suite can tell that a happens-before edge is missing, which processors and"
            + " compilers seldom make use of; jcstress can");
  }

  @Test
  void fifo3_manyKeysAreKeptApart() {
    Stage.Effort effort = stage().effort(rounds(MANY_KEYS), LONGEST_TO_WRITE.dividedBy(2));
    int count = 0;
    for (; effort.goesOnAfter(count); count++) {
      space().out("key " + count, "e" + count);
    }
    for (int i = count - 1; i >= 0; i--) {
      assertEquals(Optional.of("e" + i), space().inp("key " + i), "key " + i + " of " + count);
    }
  }
}
