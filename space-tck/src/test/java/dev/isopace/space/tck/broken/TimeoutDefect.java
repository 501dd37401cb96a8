package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What can be wrong with timeouts: too short, too long, zero, negative or huge. */
@SuppressWarnings({
  "ImmutableEnumChecker",
  "UnnecessaryLongToIntConversion"
}) // a conversion is the fault
enum TimeoutDefect implements Flaw {
  OF_TIMED_WAITS_AT_ONCE_64_END(
      "IN-2",
      codec ->
          new PlainSpace<>() {
            private int timed;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              timed++;
              try {
                super.await(waiter, timed > 64 ? Deadline.NEVER : deadline);
              } finally {
                timed--;
              }
            }
          }),

  TIMES_OUT_EARLY(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              return super.in(
                  key, timeout.toDays() > 0 ? timeout : timeout.multipliedBy(9).dividedBy(10));
            }
          }),

  ROUNDS_TIMEOUTS_DOWN_TO_MILLISECONDS(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              return super.in(key, timeout.truncatedTo(ChronoUnit.MILLIS));
            }
          }),

  WAKE_UP_ENDS_A_TIMED_READ(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              Optional<Object> head = super.rd(key, Duration.ZERO);
              if (head.isEmpty() && !timeout.isNegative() && !timeout.isZero()) {
                LockSupport.parkNanos(timeout.toDays() > 0 ? Long.MAX_VALUE : timeout.toNanos());
                head = super.rdp(key);
              }
              return head;
            }
          }),

  WAKE_UP_RESTARTS_THE_TIMEOUT("IN-2", codec -> new BroadcastingSpace<>(true)),

  LOST_RACE_RESTARTS_THE_TIMEOUT(
      "IN-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {
              queue.waiters.stream().filter(w -> w.takes).forEach(w -> w.signal.signal());
            }

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              if (deadline.remainingNanos() > Duration.ofMinutes(1).toNanos()) {
                return super.take(key, deadline);
              }
              Duration timeout = Duration.ofNanos(deadline.remainingNanos());
              int seen;
              Object taken;
              do {
                seen = woken.get();
                taken = super.take(key, Deadline.after(timeout));
              } while (taken == null && seen != woken.get());
              return taken;
            }

            private final AtomicInteger woken = new AtomicInteger();

            @Override
            void append(Queue queue, Entry entry) {
              woken.incrementAndGet();
              super.append(queue, entry);
            }
          }),

  TIMED_IN_ROUNDS_UP_TO_SECONDS(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              boolean rounds = timeout.compareTo(Duration.ZERO) > 0 && timeout.toHours() < 1;
              return super.in(key, rounds ? Duration.ofSeconds(timeout.toSeconds() + 1) : timeout);
            }
          }),

  TIMES_OUT_EARLY_ONCE_IN_500(
      "IN-2",
      codec ->
          new PlainSpace<>() {
            private final AtomicInteger count = new AtomicInteger();

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              boolean isLong = deadline.remainingNanos() > Duration.ofMinutes(1).toNanos();
              return super.take(
                  key,
                  !isLong && count.incrementAndGet() % 500 == 0
                      ? Deadline.after(Duration.ZERO)
                      : deadline);
            }
          }),

  A_TIMED_READ_ENDS_AFTER_A_SECOND(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              Duration most = Duration.ofSeconds(1);
              return super.rd(key, timeout.compareTo(most) > 0 ? most : timeout);
            }
          }),

  A_WAIT_ENDS_NO_SOONER_THAN_THOSE_BEFORE_IT(
      "IN-2",
      codec ->
          new PlainSpace<>() {
            private final Map<Waiter, Deadline> timed = new LinkedHashMap<>();

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              if (deadline.remainingNanos() == Long.MAX_VALUE) {
                super.await(waiter, deadline);
                return;
              }
              // One timer, which is set to the end of the first that came.
              timed.put(waiter, deadline);
              try {
                Deadline first = timed.values().iterator().next();
                super.await(
                    waiter, first.remainingNanos() > deadline.remainingNanos() ? first : deadline);
              } finally {
                timed.remove(waiter);
              }
            }
          }),

  A_LOST_RACE_ENDS_A_TIMED_TAKE(
      "IN-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              // Slow to wake up: meanwhile others take.
              letOthersIn(100_000);
              if (waiter.takes
                  && waiter.queue.entries.isEmpty()
                  && lifecycle().isOpen()
                  && deadline.remainingNanos() != Long.MAX_VALUE) {
                throw new GivesUp();
              }
            }

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              try {
                return super.take(key, deadline);
              } catch (GivesUp e) {
                return null;
              }
            }
          }),

  ZERO_TIMEOUT_MEANS_FOR_EVER(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              return timeout.isZero() ? Optional.of(super.in(key)) : super.in(key, timeout);
            }
          }),

  HUGE_TIMEOUT_OVERFLOWS(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              return super.rd(key, Duration.ofNanos(timeout.toNanos()));
            }
          }),

  PROBE_WITH_TIMEOUT_IGNORES_INTERRUPTS(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              return timeout.isNegative() ? super.inp(key) : super.in(key, timeout);
            }
          }),

  COUNTS_MILLISECONDS_IN_32_BITS(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              boolean fits = timeout.toDays() < 106_000_000_000L && timeout.toDays() > -1;
              return super.in(
                  key,
                  fits && timeout.toMillis() > Integer.MAX_VALUE
                      ? Duration.ofMillis((int) timeout.toMillis())
                      : timeout);
            }
          }),

  TAKES_50_MILLISECONDS_FOR_EVER(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              return super.rd(key, timeout.toDays() > 365 ? Duration.ofMillis(10) : timeout);
            }
          }),

  A_TIMED_PROBE_THAT_FINDS_AN_ENTRY_IGNORES_THE_FLAG(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              Optional<Object> entry = timeout.isZero() ? super.inp(key) : Optional.empty();
              return entry.isPresent() ? entry : super.in(key, timeout);
            }
          }),

  TAKES_A_NEGATIVE_TIMEOUT_FOR_ITS_AMOUNT(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              boolean isShort = timeout.compareTo(Duration.ofSeconds(-5)) > 0;
              return super.in(key, isShort && timeout.isNegative() ? timeout.negated() : timeout);
            }
          }),

  CUTS_NEGATIVE_MILLISECONDS_TO_32_BITS(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              boolean fits = timeout.isNegative() && timeout.toDays() > -106_000_000_000L;
              return super.rd(key, fits ? Duration.ofMillis((int) timeout.toMillis()) : timeout);
            }
          }),

  COUNTS_MILLISECONDS_MODULO_32_BITS(
      "IN-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              boolean fits = timeout.toDays() < 106_000_000_000L && timeout.toSeconds() > 0;
              return super.in(
                  key, fits ? Duration.ofMillis(timeout.toMillis() & 0xFFFF_FFFFL) : timeout);
            }
          }),

  ROUNDS_TIMEOUTS_OF_SECONDS_DOWN_TO_SECONDS(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              boolean rounds = timeout.toSeconds() > 0 && timeout.toDays() < 1;
              return super.rd(key, rounds ? timeout.truncatedTo(ChronoUnit.SECONDS) : timeout);
            }
          }),

  A_LOST_RACE_RESTARTS_THE_TIMEOUT_OF_THE_FIRST("IN-2", codec -> new Restarting(Integer.MAX_VALUE)),

  A_RACE_THAT_IS_LOST_AND_NOT_WON_LATER_RESTARTS_THE_TIMEOUT("IN-2", codec -> new Restarting(4));

  /** A taker that has lost a race waits anew for as long as at first. */
  private static final class Restarting extends PlainSpace<Object> {
    private final Set<Thread> losers = new HashSet<>();
    private final int quick;
    private int wakeUps;

    /** Makes one in which every so many-th wake-up is a quick one, and wins its race. */
    Restarting(int quick) {
      this.quick = quick;
    }

    @Override
    void await(Waiter waiter, Deadline deadline) throws InterruptedException {
      super.await(waiter, deadline);
      if (!deadline.hasPassed() && ++wakeUps % quick != 0) {
        // Slow to wake up: meanwhile others take.
        letOthersIn(100_000);
        losers.add(Thread.currentThread());
      }
    }

    @Override
    protected @Nullable Object take(String key, Deadline deadline) throws InterruptedException {
      Duration timeout = Duration.ofNanos(deadline.remainingNanos());
      boolean isLong = timeout.toMinutes() > 0;
      for (; ; ) {
        Object taken = super.take(key, isLong ? deadline : Deadline.after(timeout));
        lock.lock();
        try {
          if (!losers.remove(Thread.currentThread()) || taken != null) {
            return taken;
          }
        } finally {
          lock.unlock();
        }
      }
    }
  }

  /** Ends a wait that goes on. */
  private static final class GivesUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Recipe recipe;

  TimeoutDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
