package dev.isopace.space.tck;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The space under test, the threads of the test that use it, and how long to wait. */
final class Stage {
  private static final String AFTER = "after the test, whatever came of it:";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PROMPTLY = Duration.ofSeconds(1);
  private static final Duration MOMENT = Duration.ofMillis(100);
  private static final Duration TO_CLOSE = Duration.ofSeconds(20);

  /** Timing of empty probes: how many, for how long, and which of the slowest counts. */
  private static final int PROBES = 20;

  private static final Duration LONGEST_TO_PROBE = Duration.ofMillis(200);
  private static final int SLOWEST_BUT = 3;

  /**
   * How many times the duration of a call a thread must wait at one place before it counts as
   * waiting there.
   */
  private static final int SETTLING = 3;

  private static final Duration LEAST_TO_SETTLE = Duration.ofNanos(300_000);
  private static final Duration LONGEST_TO_SETTLE = Duration.ofMillis(100);

  /** Factor by which a test that is near its goal may exceed its time. */
  static final int SLOWNESS = 4;

  private final String uri;
  private final TckOptions options;
  private final BiConsumer<String, Long> reporter;
  private final Random random;
  private final Queue<Space<?>> handles = new ConcurrentLinkedQueue<>();
  private final Queue<Actor<?>> actors = new ConcurrentLinkedQueue<>();
  private final Lock opening = new ReentrantLock();
  private final Set<Thread> openers = ConcurrentHashMap.newKeySet();
  private @Nullable Space<String> space;
  private volatile @Nullable Space<?> latest;
  private volatile @Nullable Duration journey;
  private volatile Duration leastToSettle = Duration.ZERO;
  private volatile boolean waitsBySleeping;

  Stage(String uri, TckOptions options, BiConsumer<String, Long> reporter) {
    this.uri = uri;
    this.options = options;
    this.reporter = reporter;
    this.random = new Random(options.seed());
  }

  String uri() {
    return uri;
  }

  TckOptions options() {
    return options;
  }

  Random random() {
    return random;
  }

  /** The providers of the URI's scheme. */
  List<SpaceProvider> providers() {
    String scheme = SpaceUri.parse(uri).scheme();
    return Spaces.providers().stream()
        .filter(provider -> provider.scheme().equalsIgnoreCase(scheme))
        .toList();
  }

  /**
   * Returns the declared capabilities; none if they cannot be found out, which a rule of discovery
   * reports.
   */
  Set<Capability> capabilities() {
    List<SpaceProvider> providers = providers();
    if (providers.isEmpty()) {
      return Set.of();
    }
    try {
      Set<Capability> declared = providers.get(0).capabilities(SpaceUri.parse(uri));
      return declared == null ? Set.of() : declared;
    } catch (RuntimeException e) {
      return Set.of();
    }
  }

  boolean promises(Capability capability) {
    return capabilities().contains(capability);
  }

  /**
   * Returns whether values go through the codec: then the space keeps bytes, for whatever reason.
   */
  boolean encodes() {
    return !capabilities().isEmpty();
  }

  /** Returns the space of this test, for strings; the first thread that asks for it opens it. */
  Space<String> space() {
    opening.lock();
    try {
      Space<String> opened = space;
      if (opened == null) {
        opened = open(Codec.utf8());
        space = opened;
      }
      return opened;
    } finally {
      opening.unlock();
    }
  }

  /** Reports how much was examined. */
  void report(String what, long count) {
    reporter.accept(what, count);
  }

  /** Opens a handle of this test's space for other values. */
  <V> Space<V> open(Codec<V> codec) {
    openers.add(Thread.currentThread());
    try {
      Space<V> opened = Spaces.open(uri, codec);
      handles.add(opened);
      willProbe(opened);
      return opened;
    } finally {
      openers.remove(Thread.currentThread());
    }
  }

  /**
   * Returns whether the thread is opening a space; it may wait for many things then, but not for an
   * entry.
   */
  boolean isOpening(Thread thread) {
    return openers.contains(thread);
  }

  /** Sets the handle on which the duration of a call will be measured, if it is not known yet. */
  void willProbe(Space<?> opened) {
    latest = opened;
  }

  /**
   * Returns how long a thread must wait at one place before it counts as waiting there for an
   * entry: a call may also wait on its way, for as long as a call takes.
   */
  Patience settling() {
    Duration time = min(journey().multipliedBy(SETTLING), LONGEST_TO_SETTLE);
    return new Patience(time.compareTo(leastToSettle) < 0 ? leastToSettle : time);
  }

  /** Returns whether calls are known to take so long that one may be seen to wait on its way. */
  boolean mayWaitOnItsWay() {
    Duration known = journey;
    return !leastToSettle.isZero()
        || (known != null && known.compareTo(LEAST_TO_SETTLE.dividedBy(SETTLING)) > 0);
  }

  /** Sets the least time for which a thread must wait at one place from now on. */
  void settleFor(Duration least) {
    leastToSettle = options.scaled(least);
  }

  /** Returns how long a call that finds nothing takes. */
  private Duration journey() {
    Duration known = journey;
    Space<?> probed = latest;
    if (known != null || probed == null) {
      return known == null ? Duration.ZERO : known;
    }
    List<Long> times = new CopyOnWriteArrayList<>();
    // By another thread: the space may be broken, and hold it up for ever.
    Actor<?> probing = start("probes in vain", () -> probe(probed, times));
    letPass(promptly(), probing::isDone);
    List<Long> slowest = times.stream().sorted(Comparator.reverseOrder()).toList();
    if (slowest.isEmpty()) {
      return Duration.ZERO;
    }
    if (slowest.size() < 2 * SLOWEST_BUT) {
      // Too few to tell, this time.
      return Duration.ofNanos(slowest.get(slowest.size() - 1));
    }
    // Where others keep the processors busy, one or two of the calls tell nothing.
    known = Duration.ofNanos(slowest.get(SLOWEST_BUT - 1));
    journey = known;
    return known;
  }

  private @Nullable Void probe(Space<?> probed, List<Long> times) {
    Patience time = new Patience(LONGEST_TO_PROBE);
    for (int i = 0; i < PROBES && (i < 2 * SLOWEST_BUT || !time.isExhausted()); i++) {
      long begin = System.nanoTime();
      try {
        if (i % 2 == 0) {
          probed.rdp("a key that nobody uses");
        } else {
          probed.inp("a key that nobody uses");
        }
      } catch (RuntimeException e) {
        // The handle may have been closed; and the test itself reports what fails.
        return null;
      }
      times.add(System.nanoTime() - begin);
    }
    return null;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Returns whether a thread has slept for so long that calls are taken to wait by sleeping. */
  boolean waitsBySleeping() {
    return waitsBySleeping;
  }

  void noteThatItWaitsBySleeping() {
    waitsBySleeping = true;
  }

  <T extends @Nullable Object> Actor<T> start(String what, Callable<T> action) {
    Actor<T> actor = Actor.start(what, this, action);
    actors.add(actor);
    return actor;
  }

  <T extends @Nullable Object> Actor<T> startVirtual(String what, Callable<T> action) {
    Actor<T> actor = Actor.startVirtual(what, this, action);
    actors.add(actor);
    return actor;
  }

  /** Returns the threads that the test has started and that have not ended. */
  Stream<Thread> threads() {
    return actors.stream().filter(actor -> !actor.isDone()).map(Actor::thread);
  }

  /** Returns how long to wait for something that must happen. */
  Duration patienceTime() {
    return options.scaled(PATIENCE);
  }

  Patience patience() {
    return new Patience(patienceTime());
  }

  /** The second within which the contract wants waiters to be woken by close. */
  Duration promptly() {
    return options.scaled(PROMPTLY);
  }

  /**
   * Returns how long close itself may take, which the contract leaves open: it may have much to
   * write, or to clean up. That it ends is required.
   */
  Duration timeToClose() {
    return options.scaled(TO_CLOSE);
  }

  /** A timeout that a test can afford to wait for. */
  Duration moment() {
    return options.scaled(MOMENT);
  }

  /** Waits until a condition holds. */
  void await(String what, BooleanSupplier condition) {
    Patience patience = patience();
    while (!condition.getAsBoolean()) {
      if (patience.isExhausted()) {
        throw new AssertionError(what + ": not within " + patienceTime().toMillis() + " ms");
      }
      pause();
    }
  }

  /** Returns the time for a test that could go on for ever; a greater load makes it longer. */
  Patience atMost(Duration time) {
    return new Patience(loaded(time));
  }

  /** Returns a time that neither scale nor load changes. */
  Patience atMostOnce(Duration time) {
    return new Patience(time);
  }

  Duration loaded(Duration time) {
    return Duration.ofNanos((long) (time.toNanos() * options.load()));
  }

  /** Returns the time for which a test looks for something that must never happen. */
  Patience moments() {
    return new Patience(moment());
  }

  /** Lets some time pass in which the suite itself does nothing. */
  void letPassIdly(Duration time) {
    Patience patience = new Patience(time);
    while (!patience.isExhausted()) {
      LockSupport.parkNanos(time.toNanos());
    }
  }

  /** Lets some time pass, or less if there is nothing more to wait for. */
  void letPass(Duration time, BooleanSupplier enough) {
    Patience patience = new Patience(time);
    while (!enough.getAsBoolean() && !patience.isExhausted()) {
      pause();
    }
  }

  /** Lets time pass while the watched count moves, or less if there is nothing to wait for. */
  void letPassWhile(Watch watch, BooleanSupplier enough) {
    while (!enough.getAsBoolean() && !watch.isOver()) {
      pause();
    }
  }

  /** Lets other threads work before a condition is looked at again. */
  static void pause() {
    LockSupport.parkNanos(200_000);
  }

  /**
   * Ends the test: closes the space, interrupts all threads that are still there, and waits for
   * them. That close wakes waiters is a rule with tests of its own; here an interrupt may do it.
   */
  void clear() throws InterruptedException {
    AtomicInteger closed = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Actor<?> closing =
        start(
            "close after the test",
            () -> {
              for (Space<?> handle : handles) {
                try {
                  handle.close();
                } catch (RuntimeException | Error e) {
                  failure.compareAndSet(null, e);
                }
                closed.incrementAndGet();
              }
              return null;
            });
    awaitClose(closing, closed);
    List<Actor<?>> left = new ArrayList<>();
    for (Actor<?> actor : actors) {
      if (!actor.isDone()) {
        actor.interrupt();
      }
    }
    for (Actor<?> actor : actors) {
      if (!actor.join(left.isEmpty() ? patienceTime() : promptly())) {
        left.add(actor);
      }
    }
    left.removeIf(Actor::isGone);
    if (!left.isEmpty()) {
      throw new AssertionError(describe(left, closing));
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new AssertionError(AFTER + " close of a handle has failed: " + thrown, thrown);
    }
  }

  /** Gives each handle, one after the other, the time that close has. */
  private void awaitClose(Actor<?> closing, AtomicInteger closed) throws InterruptedException {
    int before;
    do {
      before = closed.get();
    } while (!closing.join(timeToClose()) && closed.get() > before);
  }

  /** Tells what has not ended, and after which time: close, callers, or both. */
  private String describe(List<Actor<?>> left, Actor<?> closing) {
    StringBuilder message = new StringBuilder(AFTER);
    List<Actor<?>> callers = new ArrayList<>(left);
    if (callers.remove(closing)) {
      message.append(" close of a handle has not returned within ");
      message.append(timeToClose().toMillis()).append(" ms").append(closing.stack());
    }
    if (!callers.isEmpty()) {
      message.append(callers.size() < left.size() ? "\nand" : "");
      message.append(
          " CLS-1 and IN-5 are broken: neither close nor an interrupt has ended, within ");
      message.append(patienceTime().toMillis()).append(" ms of the interrupt, the call of");
      callers.forEach(caller -> message.append(caller.stack()));
    }
    return message.toString();
  }

  /** Returns patience that restarts whenever the count changes. */
  Watch watch(LongSupplier count) {
    return new Watch(this, count);
  }

  /**
   * Returns the effort of a test that does something up to {@code most} times, as the time allows.
   */
  Effort effort(int most, Duration time) {
    return new Effort(most, atMost(time), atMost(time.multipliedBy(SLOWNESS)));
  }

  /**
   * Limits how often a test repeats something: as often as the time allows. A test that could come
   * near its goal in that time gets more, in case others keep the processors busy.
   */
  record Effort(int most, Patience time, Patience longer) {
    boolean goesOnAfter(int count) {
      int enough = most / 3 * 2;
      boolean isNear = count >= enough / 20 && count < enough;
      return count < most && (!time.isExhausted() || (isNear && !longer.isExhausted()));
    }
  }

  /** Patience with something that takes long and moves on. For several threads at once. */
  static final class Watch {
    private final Stage stage;
    private final LongSupplier count;
    private final Lock looking = new ReentrantLock();
    private long seen;
    private Patience patience;

    private Watch(Stage stage, LongSupplier count) {
      this.stage = stage;
      this.count = count;
      this.seen = count.getAsLong();
      this.patience = stage.patience();
    }

    boolean isOver() {
      looking.lock();
      try {
        long now = count.getAsLong();
        if (now != seen) {
          seen = now;
          patience = stage.patience();
        }
        return patience.isExhausted();
      } finally {
        looking.unlock();
      }
    }
  }

  /** A bounded wait. */
  static final class Patience {
    private final long end;

    private Patience(Duration time) {
      this.end = System.nanoTime() + time.toNanos();
    }

    boolean isExhausted() {
      return System.nanoTime() - end >= 0;
    }
  }
}
