package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * FIFO-3: nothing is lost, doubled or overtaken while waits end in all ways at once, or while
 * others decode.
 */
abstract class StormRules extends Rules {
  private static final String KEY = "storm";
  private static final int PRODUCERS = 2;
  private static final int TAKERS = 4;
  private static final int EACH = 10_000;
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final Duration SHORT = Duration.ofNanos(100_000);
  private static final Duration FINITE = Duration.ofMillis(20);

  /** The results of a taker's calls, in order. */
  private static final class Catch {
    final Queue<String> taken = new ConcurrentLinkedQueue<>();
    final AtomicInteger interrupted = new AtomicInteger();
    final AtomicInteger doubts = new AtomicInteger();
  }

  @Test
  void fifo3_interruptsAndTimeoutsNeitherLoseNorDoubleNorReorder() {
    int each = rounds(EACH);
    Stage.Patience time = stage().atMost(LONGEST);
    AtomicInteger written = new AtomicInteger();
    List<Actor<Integer>> producers = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      String name = "p" + p + ":";
      producers.add(start("producer " + p, () -> produce(name, each, time, written)));
    }
    AtomicInteger taken = new AtomicInteger();
    AtomicBoolean isOver = new AtomicBoolean();
    List<Catch> catches = new ArrayList<>();
    List<Actor<?>> takers = new ArrayList<>();
    for (int t = 0; t < TAKERS; t++) {
      Catch caught = new Catch();
      catches.add(caught);
      Random random = new Random(stage().random().nextLong());
      takers.add(start("taker " + t, () -> take(caught, random, taken, isOver)));
    }
    Random random = stage().random();
    int seen = 0;
    Stage.Patience progress = stage().patience();
    while (!producers.stream().allMatch(Actor::isDone) || taken.get() < written.get()) {
      takers.get(random.nextInt(TAKERS)).interrupt();
      if (taken.get() > seen) {
        seen = taken.get();
        progress = stage().patience();
      } else if (progress.isExhausted() || isAllInDoubt(producers, written, taken, catches)) {
        // What is missing is reported below.
        break;
      }
      Stage.pause();
    }
    isOver.set(true);
    takers.forEach(Actor::result);
    int expected = producers.stream().mapToInt(Actor::result).sum();
    int number = catches.stream().mapToInt(caught -> caught.taken.size()).sum();
    int doubts = doubts(catches);
    // Each take in doubt may have removed one that nobody has seen.
    if (doubts == 0 || number > expected || number < expected - doubts) {
      assertEquals(
          expected,
          number,
          "entries taken, of " + expected + " that were written; takes in doubt: " + doubts);
    }
    catches.forEach(StormRules::requireOrder);
    assertEquals(number, distinct(catches), "different entries taken");
    assertEquals(Optional.empty(), space().inp(KEY), "what is left at the end");
    stage()
        .report(
            "waits interrupted",
            catches.stream().mapToInt(caught -> caught.interrupted.get()).sum());
  }

  private static int doubts(List<Catch> catches) {
    return catches.stream().mapToInt(caught -> caught.doubts.get()).sum();
  }

  /**
   * Returns whether nothing is left, and whether the takes in doubt can account for the entries
   * that were not taken.
   */
  private boolean isAllInDoubt(
      List<Actor<Integer>> producers,
      AtomicInteger written,
      AtomicInteger taken,
      List<Catch> catches) {
    int doubts = doubts(catches);
    return doubts > 0
        && taken.get() + doubts >= written.get()
        && producers.stream().allMatch(Actor::isDone)
        && space().len(KEY) == 0;
  }

  private int produce(String name, int count, Stage.Patience time, AtomicInteger written) {
    int done = 0;
    while (done < count && !time.isExhausted()) {
      assertTrue(space().out(KEY, name + done), "out of " + name + done);
      done++;
      written.incrementAndGet();
      if (done % 16 == 0) {
        // Now and then the takers have taken all, and wait.
        Stage.pause();
      }
    }
    return done;
  }

  private @Nullable Void take(
      Catch caught, Random random, AtomicInteger taken, AtomicBoolean isOver) {
    Space<String> space = space();
    while (!isOver.get()) {
      Optional<String> entry = Optional.empty();
      try {
        entry =
            switch (random.nextInt(4)) {
              case 0 -> space.inp(KEY);
              case 1 -> space.in(KEY, SHORT);
              default -> space.in(KEY, FINITE);
            };
      } catch (InterruptedException e) {
        caught.interrupted.incrementAndGet();
      } catch (IndeterminateException e) {
        caught.doubts.incrementAndGet();
      }
      entry.ifPresent(
          value -> {
            caught.taken.add(value);
            taken.incrementAndGet();
          });
    }
    return null;
  }

  /**
   * Requires that a taker has taken the entries of each producer in the order in which they were
   * written.
   */
  private static void requireOrder(Catch caught) {
    int[] last = new int[PRODUCERS];
    for (String entry : caught.taken) {
      int producer = Integer.parseInt(entry.substring(1, entry.indexOf(':')));
      int number = Integer.parseInt(entry.substring(entry.indexOf(':') + 1)) + 1;
      assertTrue(
          number > last[producer],
          "a taker received " + entry + " after number " + (last[producer] - 1));
      last[producer] = number;
    }
  }

  private static long distinct(List<Catch> catches) {
    return catches.stream().flatMap(caught -> caught.taken.stream()).distinct().count();
  }

  @Test
  void fifo3_anEntryThatAnotherTakesWhileOneDecodesItIsReturnedOnce() {
    assumeTrue(stage().encodes(), "values need not pass through a codec");
    AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    Codec<String> slow =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              Runnable action = meanwhile.getAndSet(null);
              if (action != null) {
                action.run();
              }
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    for (int i = 0; i < 2; i++) {
      boolean waits = i == 1;
      Map<String, Callable<Optional<String>>> takes = new LinkedHashMap<>();
      takes.put("in", () -> Optional.of(space.in(KEY)));
      takes.put("timed in", () -> space.in(KEY, LONG));
      if (!waits) {
        takes.put("inp", () -> space.inp(KEY));
        takes.put("in with timeout 0", () -> space.in(KEY, Duration.ZERO));
      }
      takes.forEach(
          (name, take) -> requireThatEachIsReturnedOnce(space, name, take, waits, meanwhile));
    }
  }

  /** While a take decodes the only entry, another takes it, and writes the next one. */
  private void requireThatEachIsReturnedOnce(
      Space<String> space,
      String name,
      Callable<Optional<String>> take,
      boolean waits,
      AtomicReference<@Nullable Runnable> meanwhile) {
    AtomicReference<Optional<String>> other = new AtomicReference<>(Optional.empty());
    AtomicReference<@Nullable Actor<?>> overtaker = new AtomicReference<>();
    Runnable overtaking =
        () -> {
          Actor<?> started =
              start(
                  "takes the head while it is decoded, and writes another",
                  () -> {
                    other.set(space.inp(KEY));
                    return space.out(KEY, "2");
                  });
          overtaker.set(started);
          // A space that holds it up until the codec has returned breaks ARG-4, and not this rule.
          stage().letPass(stage().promptly(), started::isDone);
        };
    Actor<Optional<String>> taker;
    if (waits) {
      taker = start(name + " that waits", take).awaitBlocked();
      meanwhile.set(overtaking);
      space.out(KEY, "1");
    } else {
      space.out(KEY, "1");
      meanwhile.set(overtaking);
      taker = start(name, take);
    }
    Optional<String> taken = taker.result(stage().patienceTime().multipliedBy(2));
    Actor<?> overtook = overtaker.get();
    if (overtook != null) {
      overtook.result();
    }
    List<String> all = new ArrayList<>();
    taken.ifPresent(all::add);
    other.get().ifPresent(all::add);
    for (Optional<String> left = space.inp(KEY); left.isPresent(); left = space.inp(KEY)) {
      all.add(left.get());
    }
    all.sort(null);
    assertEquals(
        // Who decodes nothing breaks ARG-4, too: then nobody has written another.
        overtook == null ? List.of("1") : List.of("1", "2"),
        all,
        () ->
            "of the entries, what "
                + name
                + " returned ("
                + taken
                + "), what another had taken while that decoded ("
                + other
                + "), and what is left");
  }
}
