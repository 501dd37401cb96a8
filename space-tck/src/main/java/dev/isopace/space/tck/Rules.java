package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.fail;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The tests of some rules. The name of a test method begins with the id of its rule, and goes on
 * with the property that it tests.
 */
abstract class Rules {
  /** A timeout longer than any test, for waits that are timed nevertheless. */
  static final Duration LONG = Duration.ofHours(1);

  /**
   * The time for which a caller must be seen to wait, at least, each time that a test is repeated.
   */
  private static final List<Duration> SETTLING =
      List.of(Duration.ofMillis(20), Duration.ofMillis(200));

  /**
   * The length of a long queue: beyond the round numbers at which one may be bounded, 100,000 and
   * 131,072, of which a test whose time is short comes past the first.
   */
  static final int LONG_QUEUE = 160_000;

  /** The number of waiters of one key: beyond 256, at which their line may be bounded. */
  static final int CROWD = 300;

  /** How long to let a taker lose, and how many races: of one it may not have taken notice. */
  private static final Duration LOSING = Duration.ofMillis(200);

  private static final int LOSSES = 3;
  private static final int SHOWN_KEYS = 5;

  /** Of a key or a value, so many groups of equal characters are shown. */
  private static final int SHOWN_GROUPS = 20;

  /** From so many equal characters on, their number is shown. */
  private static final int LONG_GROUP = 5;

  /** The number of attempts with each of these times: a defect may show only now and then. */
  private static final int ATTEMPTS = 3;

  private @Nullable SpaceTck suite;

  final void setSuite(SpaceTck suite) {
    this.suite = suite;
  }

  final Stage stage() {
    return Objects.requireNonNull(suite, "no test is running").stage();
  }

  final Space<String> space() {
    return stage().space();
  }

  final <T extends @Nullable Object> Actor<T> start(String what, Callable<T> action) {
    return stage().start(what, action);
  }

  final int rounds(int count) {
    return stage().options().loaded(count);
  }

  /** A call that waits for an entry, in one of the possible ways. */
  record Wait(String name, boolean takes, Call call) {
    interface Call {
      Optional<String> on(Space<String> space, String key) throws InterruptedException;
    }

    static final Wait IN = new Wait("in", true, (space, key) -> Optional.of(space.in(key)));
    static final Wait TIMED_IN = new Wait("timed in", true, (space, key) -> space.in(key, LONG));
    static final Wait RD = new Wait("rd", false, (space, key) -> Optional.of(space.rd(key)));
    static final Wait TIMED_RD = new Wait("timed rd", false, (space, key) -> space.rd(key, LONG));
    static final List<Wait> TAKES = List.of(IN, TIMED_IN);
    static final List<Wait> READS = List.of(RD, TIMED_RD);
    static final List<Wait> ALL = List.of(IN, TIMED_IN, RD, TIMED_RD);

    @Override
    public String toString() {
      return name;
    }
  }

  /** Skips tests that would find garbage, where the virtual machine does not collect it. */
  static void requireMeasurableHeap() {
    Assumptions.assumeTrue(
        Heap.canBeMeasured(),
        "this JVM collects no garbage when it is asked to; is it run with -XX:+DisableExplicitGC?");
  }

  /** Starts a caller and waits until it waits. */
  final Actor<Optional<String>> startBlocked(Wait wait, String key) {
    return start(wait + " of '" + key + "'", () -> wait.call().on(space(), key)).awaitBlocked();
  }

  /**
   * Starts a taker, and takes what it is woken for, until it has lost a few races; it waits when
   * this returns. Where it is always served first, it has lost none.
   */
  final Actor<Optional<String>> startLoser(Space<String> space, Wait wait, String key) {
    String what = wait + " of '" + key + "' that has lost a race";
    Stage.Patience time = stage().atMostOnce(LOSING);
    Actor<Optional<String>> taker = start(what, () -> wait.call().on(space, key)).awaitBlocked();
    int lost = 0;
    for (int i = 0; i == 0 || (i < TRIES && lost < LOSSES && !time.isExhausted()); i++) {
      space.out(key, "1");
      if (space.inp(key).isPresent()) {
        lost++;
      } else {
        taker.result();
        taker = start(what, () -> wait.call().on(space, key));
      }
      taker.awaitBlocked();
    }
    return taker;
  }

  /** Starts virtual threads that wait in each way, a few of each, and lets them come to wait. */
  final List<Actor<Optional<String>>> startVirtual(Space<String> space, String key) {
    List<Actor<Optional<String>>> waiters = new ArrayList<>();
    for (int i = 0; i < 2 * Wait.ALL.size(); i++) {
      Wait wait = Wait.ALL.get(i % Wait.ALL.size());
      waiters.add(
          stage().startVirtual(wait + " by a virtual thread", () -> wait.call().on(space, key)));
    }
    Actor.awaitAllParked(stage(), waiters);
    return waiters;
  }

  /** A test that depends on the order in which callers wait; each attempt has another key. */
  interface Attempt {
    void on(String key) throws Exception;
  }

  /**
   * Tests something that follows from the order in which calls begin to wait. That a call waits for
   * an entry is seen from outside only, and a slow one may not wait yet: so a failure is retried, a
   * few times, with more time for all to settle, and counts if it remains.
   */
  final void requireOnceSettled(String key, Attempt attempt) throws Exception {
    Stage.Patience time = stage().atMostOnce(stage().patienceTime().multipliedBy(4));
    AssertionError failure = failureOf(attempt, key);
    for (int i = 0; i < SETTLING.size() && failure != null; i++) {
      if (time.isExhausted() || failure.getCause() instanceof InterruptedException) {
        throw failure;
      }
      stage().report("tests repeated since a waiter may have come late", 1);
      stage().settleFor(SETTLING.get(i));
      failure = null;
      for (int k = 0; k < ATTEMPTS && failure == null && (k == 0 || !time.isExhausted()); k++) {
        failure = failureOf(attempt, key + "-" + i + "-" + k);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable AssertionError failureOf(Attempt attempt, String key) throws Exception {
    try {
      attempt.on(key);
      return null;
    } catch (AssertionError e) {
      return e;
    }
  }

  /**
   * Lets a short random time pass, so that the two sides of a race meet in ever different order.
   */
  final void spin(int most) {
    for (int i = stage().random().nextInt(most); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  /**
   * Makes a call from two threads at the same instant, and returns both results. It may open or
   * close a handle, and so has the time that close has.
   */
  final <T> List<T> twiceAtOnce(String what, Callable<T> call) {
    CountDownLatch ready = new CountDownLatch(2);
    Callable<T> together =
        () -> {
          meet(ready);
          return call.call();
        };
    List<Actor<T>> both = List.of(start(what, together), start(what, together));
    return both.stream().map(each -> each.result(stage().timeToClose())).toList();
  }

  /** Waits for others without being put to sleep, so that all go on at the same instant. */
  final void meet(CountDownLatch ready) {
    ready.countDown();
    Stage.Patience patience = stage().patience();
    while (ready.getCount() > 0 && !patience.isExhausted()) {
      Thread.onSpinWait();
    }
  }

  /**
   * The number of repetitions of a call of which a single one must be quick, since the others may
   * be held up.
   */
  static final int TRIES = 20;

  /** Returns the time of the quickest of many calls, each after something has been prepared. */
  static long leastNanos(Callable<?> preparing, Callable<?> call) throws Exception {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES; i++) {
      preparing.call();
      long begin = System.nanoTime();
      call.call();
      least = Math.min(least, System.nanoTime() - begin);
    }
    return least;
  }

  /**
   * Requires that a call that finds nothing does not wait: of many, at least one takes about as
   * long as one that finds an entry.
   */
  final void requireNoWait(String what, long found, Callable<Optional<String>> vain)
      throws Exception {
    long limit = 10 * found + stage().options().scaled(Duration.ofMillis(5)).toNanos();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && least >= limit; i++) {
      long begin = System.nanoTime();
      Optional<String> nothing = vain.call();
      least = Math.min(least, System.nanoTime() - begin);
      if (nothing.isPresent()) {
        fail(what + " found " + nothing.get() + " where there is nothing");
      }
    }
    if (least >= limit) {
      fail(
          what
              + " waits: where there is no entry, it took "
              + least / 1_000
              + " us each time, or more, but "
              + found / 1_000
              + " us where one is");
    }
  }

  /** Returns what a call throws, which must be of the type. */
  static <T extends Throwable> T thrownBy(Class<T> type, String what, Callable<?> call) {
    Object result;
    try {
      result = call.call();
    } catch (Throwable e) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
      throw new AssertionError(what + " threw " + e + " instead of " + type.getSimpleName(), e);
    }
    return fail(what + " returned " + result + " instead of throwing " + type.getSimpleName());
  }

  /**
   * Requires that both sets hold the same keys; those that differ are named, so that one can read
   * them.
   */
  static void requireKeys(Set<String> expected, Set<String> found, String what) {
    if (!expected.equals(found)) {
      fail(
          what
              + (found.size() == expected.size()
                  ? ": not those expected"
                  : ": " + found.size() + " instead of " + expected.size())
              + "; missing: "
              + firstWithout(expected, found)
              + "; surplus: "
              + firstWithout(found, expected));
    }
  }

  /** A codec that cannot encode anything. */
  static Codec<String> failingCodec() {
    return Codec.of(
        value -> {
          throw new UnsupportedOperationException("by the suite");
        },
        bytes -> "");
  }

  /** Closes a handle, as the task of an {@link Actor}, which returns something. */
  static Object close(Space<String> handle) {
    handle.close();
    return "closed";
  }

  /** Requires that a key is listed; if it is not, the failure says what is. */
  static void requireListed(String key, Set<String> found, String what) {
    if (!found.contains(key)) {
      fail(
          what
              + ": "
              + shown(key)
              + " holds an entry, and is not listed; the "
              + found.size()
              + " that are: "
              + firstWithout(found, Set.of()));
    }
  }

  private static String firstWithout(Set<String> keys, Set<String> others) {
    List<String> all =
        keys.stream().filter(key -> !others.contains(key)).map(Rules::shown).toList();
    return all.size() <= SHOWN_KEYS
        ? all.toString()
        : all.subList(0, SHOWN_KEYS) + " and " + (all.size() - SHOWN_KEYS) + " more";
  }

  /**
   * Returns a key or a value as it can be printed: the first characters that differ from the one
   * before, and how often each is repeated, as in {@code 'a{511}b' of 512 chars}.
   */
  static String shown(String key) {
    StringBuilder text = new StringBuilder("'");
    int[] points = key.codePoints().toArray();
    int next = 0;
    for (int i = 0, groups = 0; i < points.length && groups < SHOWN_GROUPS; i = next, groups++) {
      while (next < points.length && points[next] == points[i]) {
        next++;
      }
      String shown =
          points[i] > ' ' && points[i] < 0x7F
              ? Character.toString(points[i])
              : String.format("\\u{%x}", points[i]);
      text.append(next - i < LONG_GROUP ? shown.repeat(next - i) : shown + "{" + (next - i) + "}");
    }
    return text.append("' of ").append(key.length()).append(" chars").toString();
  }

  /** The ways in which a take ends that an interrupt, a timeout, or a close may end. */
  enum End {
    TOOK,
    GAVE_UP,

    /** It is not known whether the take has removed an entry. */
    IN_DOUBT
  }

  /** Waits for a take that may end with such an exception, or in doubt. */
  static End endOf(Actor<Optional<String>> taker, Class<? extends Exception> otherwise) {
    try {
      return taker.result().isPresent() ? End.TOOK : End.GAVE_UP;
    } catch (AssertionError e) {
      if (e.getCause() instanceof IndeterminateException) {
        return End.IN_DOUBT;
      }
      if (otherwise.isInstance(e.getCause())) {
        return End.GAVE_UP;
      }
      throw e;
    }
  }

  /**
   * Requires that the entries taken before close and those found afterwards are exactly those
   * written, but for takes in doubt.
   */
  static void requireEachOnce(List<String> written, List<String> found, int doubts) {
    List<String> lost = new ArrayList<>(written);
    found.forEach(lost::remove);
    List<String> surplus = new ArrayList<>(found);
    written.forEach(surplus::remove);
    if (lost.size() > doubts || !surplus.isEmpty()) {
      fail(
          "of "
              + written.size()
              + " entries, which takers returned before close, or which were there afterwards,"
              + " neither is true of "
              + lost
              + (doubts > 0 ? ", of which " + doubts + " may be missing" : "")
              + "; surplus: "
              + surplus);
    }
  }

  /** Requires that the message names what went wrong. */
  static void requireMention(SpaceException failure, String mention) {
    if (failure.getMessage() == null || !failure.getMessage().contains(mention)) {
      fail("the message should name " + mention + ": " + failure, failure);
    }
  }
}
