package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In each round two takers, one of them the victim, a reader and a probe want the few entries of a
 * key that a producer writes meanwhile; the victim is struck when it is somewhere in its take,
 * nowhere in particular, and so at each place sooner or later. There are as many entries as all
 * together can take, so that whoever was not struck must end without further help: a lost wake-up
 * is not made good by the next entry.
 */
@DisplayName("A take that is struck at any moment loses, doubles and forgets nothing")
final class AttackTest {
  private static final int ROUNDS =
      Integer.getInteger("space.test.attack.rounds", 10_000).intValue();

  /** What a round is replayed with: -Dspace.test.attack.seed. */
  private static final long SEED = Long.getLong("space.test.attack.seed", System.nanoTime());

  private static final int VICTIM = 0;
  private static final int BYSTANDER = 1;
  private static final int READER = 2;
  private static final int PRODUCER = 3;
  private static final int WORKERS = 4;

  /** The takers take up to two entries each, and the probe of the producer one. */
  private static final int ENTRIES = 5;

  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  enum Blow {
    INTERRUPT,
    TIMEOUT,
    CLOSE,
    ALL;

    boolean interrupts() {
      return this == INTERRUPT || this == ALL;
    }

    boolean timesOut() {
      return this == TIMEOUT || this == ALL;
    }

    boolean closes() {
      return this == CLOSE || this == ALL;
    }
  }

  enum End {
    TOOK,
    INTERRUPTED,
    TIMED_OUT,
    CLOSED
  }

  static Stream<Arguments> configurations() {
    return Stream.of(Fixtures.REFERENCES, Fixtures.COPIES)
        .flatMap(uri -> Stream.of(Blow.values()).map(blow -> Arguments.of(uri, blow)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("configurations")
  @DisplayName("Every entry is taken once or still there, in order, and nobody is left waiting")
  void survives(String uri, Blow blow) {
    Random random = new Random(SEED);
    Map<End, Integer> ends = new EnumMap<>(End.class);
    try (Crew crew = new Crew()) {
      Space<String> space = Fixtures.open(uri);
      for (int i = 0; i < ROUNDS; i++) {
        if (blow.closes()) {
          space = Fixtures.open(uri);
        }
        Round round = new Round(space, blow, "round " + i, random);
        String where = uri + " " + blow + ", round " + i + ", seed " + SEED;
        try {
          crew.play(round);
          round.check();
        } catch (AssertionError e) {
          space.close();
          throw new AssertionError(where + ": " + e.getMessage(), e);
        }
        ends.merge(round.victimsEnd(), 1, Integer::sum);
      }
      assertEquals(0, blow.closes() ? 0 : space.keys().size(), "keys left behind");
      space.close();
    }
    System.out.println("attack on " + uri + " by " + blow + ", seed " + SEED + ": " + ends);
    // A blow that never lands, or always, tests nothing.
    List<End> expected = new ArrayList<>(List.of(End.TOOK));
    if (blow.interrupts()) {
      expected.add(End.INTERRUPTED);
    }
    if (blow.timesOut()) {
      expected.add(End.TIMED_OUT);
    }
    if (blow.closes()) {
      expected.add(End.CLOSED);
    }
    assertEquals(expected, List.copyOf(ends.keySet()), "ends seen with seed " + SEED);
  }

  /** One key, and what happened at it. Each field is of one worker, or fixed at the start. */
  private static final class Round {
    private final Space<String> space;
    private final Blow blow;
    private final String key;
    private final int delayOfBlow;
    private final int delayOfEntries;
    private final Duration patience;
    private final boolean strikesReader;

    /** Whether one thread writes and strikes: else two do, which few processors seldom mix well. */
    private final boolean oneHand;

    private final int turnOfBlow;

    private final List<List<Integer>> taken =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private final @Nullable End[] ends = new End[WORKERS];
    private final boolean[] flagged = new boolean[WORKERS];
    private final boolean[] struck = new boolean[WORKERS];
    private int written;
    private @Nullable Integer read;

    /** Set when the victim is about to take: the blow is aimed from here. */
    volatile boolean began;

    volatile boolean readerBegan;

    Round(Space<String> space, Blow blow, String key, Random random) {
      this.space = space;
      this.blow = blow;
      this.key = key;
      this.delayOfBlow = upTo(random, 11);
      this.delayOfEntries = upTo(random, blow.timesOut() ? 12 : 10);
      this.patience = blow.timesOut() ? Duration.ofNanos(1 + upTo(random, 16)) : FOR_EVER;
      this.strikesReader = random.nextInt(4) == 0;
      this.oneHand = random.nextBoolean();
      this.turnOfBlow = random.nextInt(ENTRIES);
    }

    /** Small and large in equal parts. */
    private static int upTo(Random random, int bits) {
      return random.nextInt(1 << (1 + random.nextInt(bits)));
    }

    void work(int worker) {
      switch (worker) {
        case PRODUCER -> {
          if (!oneHand) {
            Call.spinUntil("the victim begins", () -> began);
            produce(() -> {});
          }
        }
        case READER -> {
          readerBegan = true;
          readOne();
        }
        case VICTIM -> {
          began = true;
          takeTwo(VICTIM, patience);
        }
        default -> takeTwo(worker, FOR_EVER);
      }
    }

    /** Writes, and strikes at some point of it if the same thread does both. */
    private void produce(Runnable strike) {
      for (int i = 0; i < ENTRIES; i++) {
        spin(delayOfEntries);
        if (i == turnOfBlow) {
          strike.run();
          spin(delayOfBlow);
        }
        if (space.out(key, Integer.toString(i))) {
          assertEquals(written, i, "an entry was stored after one was refused");
          written++;
        }
        if (i == 2) {
          try {
            space.inp(key).ifPresent(value -> taken.get(PRODUCER).add(Integer.valueOf(value)));
          } catch (SpaceClosedException e) {
            ends[PRODUCER] = End.CLOSED;
          }
        }
      }
    }

    private void takeTwo(int worker, Duration timeout) {
      End end = End.TOOK;
      for (int i = 0; i < 2 && end == End.TOOK; i++) {
        end =
            attempt(
                worker,
                timeout,
                () -> {
                  // A timeout that is for ever goes through both forms of in.
                  Optional<String> value =
                      timeout.equals(FOR_EVER)
                          ? Optional.of(space.in(key))
                          : space.in(key, timeout);
                  value.ifPresent(number -> taken.get(worker).add(Integer.valueOf(number)));
                  return value.isPresent();
                });
      }
      ends[worker] = end;
    }

    private void readOne() {
      ends[READER] =
          attempt(
              READER,
              FOR_EVER,
              () -> {
                read = Integer.valueOf(space.rd(key));
                return true;
              });
    }

    private interface Attempt {
      boolean succeeds() throws InterruptedException;
    }

    private static End attempt(int worker, Duration timeout, Attempt attempt) {
      long start = System.nanoTime();
      try {
        if (attempt.succeeds()) {
          return End.TOOK;
        }
        long elapsed = System.nanoTime() - start;
        assertTrue(
            elapsed >= timeout.toNanos(),
            () -> "worker " + worker + " gave up after " + elapsed + " ns of " + timeout);
        return End.TIMED_OUT;
      } catch (InterruptedException e) {
        return End.INTERRUPTED;
      } catch (SpaceClosedException e) {
        return End.CLOSED;
      }
    }

    void attack(Thread victim, Thread reader) {
      Call.spinUntil("the victim begins", () -> began);
      if (oneHand) {
        produce(() -> strike(victim, reader));
      } else {
        spin(delayOfBlow);
        strike(victim, reader);
      }
    }

    private void strike(Thread victim, Thread reader) {
      if (blow.interrupts()) {
        struck[VICTIM] = true;
        victim.interrupt();
        if (strikesReader && readerBegan) {
          struck[READER] = true;
          reader.interrupt();
        }
      }
      if (blow == Blow.ALL) {
        spin(delayOfEntries);
      }
      if (blow.closes()) {
        space.close();
      }
    }

    /** Called when takers and producer have ended: the reader may have come too late. */
    void writeForReader() {
      if (space.out(key, Integer.toString(written))) {
        written++;
      }
    }

    End victimsEnd() {
      return Objects.requireNonNull(ends[VICTIM]);
    }

    void check() {
      BitSet seen = new BitSet();
      for (List<Integer> some : taken) {
        int last = -1;
        for (int number : some) {
          assertTrue(number < written, () -> number + " was taken, but never written");
          assertTrue(!seen.get(number), () -> number + " was taken twice");
          assertTrue(number > last, () -> "one worker took " + some);
          seen.set(number);
          last = number;
        }
      }
      assertEquals(seen.cardinality(), seen.length(), () -> "older entries were left: " + taken);
      if (!blow.closes()) {
        assertEquals(written - seen.cardinality(), space.len(key), "entries left");
        for (int i = seen.cardinality(); i < written; i++) {
          assertEquals(Optional.of(Integer.toString(i)), space.inp(key), "left in order");
        }
        assertEquals(Optional.empty(), space.inp(key));
      }
      Integer found = read;
      assertTrue(found == null || found < written, () -> "read " + found);
      for (int worker = 0; worker < WORKERS; worker++) {
        boolean interrupted = ends[worker] == End.INTERRUPTED;
        // The flag is neither lost nor set for nothing, nor left behind by the exception.
        assertEquals(
            struck[worker],
            interrupted || flagged[worker],
            "flag of worker " + worker + ", which ended with " + ends[worker]);
        assertTrue(
            !(interrupted && flagged[worker]), "worker " + worker + " was interrupted twice");
      }
      assertTrue(blow.closes() || ends[BYSTANDER] == End.TOOK, "the bystander was not served");
    }

    private static void spin(int times) {
      for (int i = 0; i < times; i++) {
        Thread.onSpinWait();
      }
    }
  }

  /** The threads, which go from round to round. */
  private static final class Crew implements AutoCloseable {
    private final List<Call<Void>> workers = new ArrayList<>();
    private final AtomicIntegerArray finished = new AtomicIntegerArray(WORKERS);
    private volatile @Nullable Round current;
    private volatile int number;
    private volatile boolean over;

    Crew() {
      for (int i = 0; i < WORKERS; i++) {
        int worker = i;
        workers.add(Call.start("worker " + i, () -> work(worker)));
      }
    }

    private @Nullable Void work(int worker) {
      for (int next = 1; ; next++) {
        int awaited = next;
        Call.spinUntil("round " + next, () -> over || number >= awaited);
        if (over) {
          return null;
        }
        // Left by the round before, and looked at then.
        Thread.interrupted();
        Objects.requireNonNull(current).work(worker);
        finished.set(worker, next);
      }
    }

    void play(Round round) {
      current = round;
      int now = number + 1;
      number = now;
      round.attack(workers.get(VICTIM).thread(), workers.get(READER).thread());
      for (int worker : new int[] {PRODUCER, VICTIM, BYSTANDER}) {
        awaitEnd(worker, now);
      }
      round.writeForReader();
      awaitEnd(READER, now);
      for (int worker = 0; worker < WORKERS; worker++) {
        round.flagged[worker] = workers.get(worker).thread().isInterrupted();
      }
    }

    private void awaitEnd(int worker, int round) {
      Call<Void> call = workers.get(worker);
      Call.spinUntil(
          "worker " + worker + " has ended",
          () -> finished.get(worker) == round || !call.isRunning());
      if (finished.get(worker) != round) {
        call.value();
      }
    }

    @Override
    public void close() {
      over = true;
      workers.forEach(Call::value);
    }
  }
}
