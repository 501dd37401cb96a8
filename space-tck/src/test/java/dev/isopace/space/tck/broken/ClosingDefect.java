package dev.isopace.space.tck.broken;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What can be wrong with close, and with what comes after it. */
@SuppressWarnings({"ImmutableEnumChecker", "WaitNotInLoop"})
enum ClosingDefect implements Flaw {
  CLOSE_TAKES_LONG(
      "CLS-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              super.close();
              Delay.pass(LONG);
            }
          }),

  CLOSE_WAKES_LATE(
      "CLS-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              Delay.pass(LONG);
              super.close();
            }
          }),

  CLOSE_ENDS_TIMED_WAITS_WITH_NOTHING(
      "CLS-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              boolean wasOpen = !closed;
              try {
                return super.in(key, timeout);
              } catch (SpaceClosedException e) {
                if (wasOpen) {
                  return Optional.empty();
                }
                throw e;
              }
            }
          }),

  CLOSE_INTERRUPTS_WHO_WAITS(
      "CLS-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!lifecycle().isOpen()) {
                throw new InterruptedException("closed");
              }
            }
          }),

  A_CLOSED_SPACE_HAS_NO_KEYS(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              try {
                return super.keys();
              } catch (SpaceClosedException e) {
                return Set.of();
              }
            }
          }),

  A_TIMED_PROBE_OF_A_CLOSED_SPACE_IS_EMPTY(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              try {
                return super.rd(key, timeout);
              } catch (SpaceClosedException e) {
                if (timeout.isZero()) {
                  return Optional.empty();
                }
                throw e;
              }
            }
          }),

  INTERRUPT_COMES_BEFORE_CLOSED(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object rd(String key) throws InterruptedException {
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              return super.rd(key);
            }
          }),

  AN_ENTRY_COMES_BEFORE_CLOSED(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Map<String, Object> heads = new ConcurrentHashMap<>();

            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (done) {
                heads.put(key, value);
              }
              return done;
            }

            @Override
            public Optional<Object> inp(String key) {
              try {
                return super.inp(key);
              } catch (SpaceClosedException e) {
                Object left = heads.remove(key);
                if (left != null) {
                  return Optional.of(left);
                }
                throw e;
              }
            }
          }),

  KEEPS_WHAT_IS_WRITTEN_TOO_LATE(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Queue<Object> late = new ConcurrentLinkedQueue<>();

            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (!done) {
                late.add(value);
              }
              return done;
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_CLEARS_THE_FLAG(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (!done) {
                Thread.interrupted();
              }
              return done;
            }
          }),

  AN_INTERRUPTED_CLOSE_LEAVES_ITS_THREAD(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Thread worker = worker();

            private Thread worker() {
              Thread thread =
                  new Thread(
                      () -> {
                        while (!closed) {
                          LockSupport.park(this);
                        }
                        Delay.pass(Duration.ofMillis(20));
                      });
              thread.setDaemon(true);
              thread.start();
              return thread;
            }

            @Override
            public void close() {
              super.close();
              LockSupport.unpark(worker);
              try {
                worker.join();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          }),

  A_TIMED_WAIT_LEAVES_A_TIMER(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private volatile @Nullable Timer timer;

            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              if (timer == null) {
                timer = new Timer(/* isDaemon= */ true);
              }
              return super.rd(key, timeout);
            }
          }),

  CLOSE_WAKES_100_WAITERS_AT_MOST(
      "CLS-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeAllForClose() {
              queues.values().stream()
                  .flatMap(queue -> queue.waiters.stream())
                  .limit(100)
                  .forEach(waiter -> waiter.signal.signal());
            }
          });

  private final Recipe recipe;

  ClosingDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  /** Longer than the suite waits for a close, however patient it is by itself. */
  private static final Duration LONG = Duration.ofSeconds(2);
}
