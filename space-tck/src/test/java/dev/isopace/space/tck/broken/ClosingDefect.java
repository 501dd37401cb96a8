package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.VirtualThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be wrong with close, for those who wait and for what it leaves. */
@SuppressWarnings("ImmutableEnumChecker")
enum ClosingDefect implements Flaw {
  CLOSE_FORGETS_READERS(
      "CLS-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeAllForClose() {
              for (Queue queue : queues.values()) {
                queue.waiters.stream().filter(w -> w.takes).forEach(w -> w.signal.signal());
              }
            }
          }),

  CLOSE_WAKES_ONE_WAITER_A_KEY(
      "CLS-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeAllForClose() {
              queues.values().forEach(queue -> queue.waiters.get(0).signal.signal());
            }
          }),

  /** Within any time that one would wait for; an interrupt ends it. */
  CLOSE_DOES_NOT_RETURN_WHERE_ENTRIES_REMAIN(
      "CLS-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              long end = System.nanoTime() + (closed || keys().isEmpty() ? 0 : ENDLESS.toNanos());
              super.close();
              long left = end - System.nanoTime();
              while (left > 0 && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(left);
                left = end - System.nanoTime();
              }
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

  CLOSE_SETS_THE_FLAG_OF_WHO_WAITS(
      "CLS-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              boolean wasOpen = !closed;
              try {
                return super.in(key);
              } catch (SpaceClosedException e) {
                if (wasOpen) {
                  Thread.currentThread().interrupt();
                }
                throw e;
              }
            }
          }),

  CLOSE_WAKES_THOSE_WHO_WAITED_WHEN_IT_BEGAN("CLS-1", codec -> new Counting()),

  CLOSE_WAKES_100_WAITERS_AT_MOST("CLS-1", codec -> wakingAtClose(100, waiter -> true)),

  CLOSE_WAKES_256_WAITERS_AT_MOST("CLS-1", codec -> wakingAtClose(256, waiter -> true)),

  CLOSE_WAKES_256_TAKERS_AT_MOST("CLS-1", codec -> wakingAtClose(256, waiter -> waiter.takes)),

  CLOSE_WAKES_256_READERS_AT_MOST("CLS-1", codec -> wakingAtClose(256, waiter -> !waiter.takes)),

  CLOSE_FORGETS_TAKERS_THAT_HAVE_LOST_A_RACE(
      "CLS-1",
      codec ->
          new ParkingSpace<>() {
            @Override
            boolean isWokenByClose(Waiter waiter) {
              return !hasLost(waiter);
            }
          }),

  CLOSE_FORGETS_VIRTUAL_THREADS(
      "CLS-1",
      codec ->
          new ParkingSpace<>() {
            @Override
            boolean isWokenByClose(Waiter waiter) {
              return !VirtualThreads.includes(Objects.requireNonNull(waiter.thread));
            }
          }),

  CLOSE_LEAVES_TAKERS_ALONE_WHOSE_TIME_IS_SOON_OVER("CLS-1", codec -> new Leaving(true)),

  CLOSE_LEAVES_READERS_ALONE_WHOSE_TIME_IS_SOON_OVER("CLS-1", codec -> new Leaving(false)),

  CLOSE_WAKES_ONE_AFTER_THE_OTHER(
      "CLS-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeAllForClose() {
              for (Queue queue : List.copyOf(queues.values())) {
                for (Waiter waiter : List.copyOf(queue.waiters)) {
                  waiter.signal.signal();
                  letOthersIn(15_000_000);
                }
              }
            }
          }),

  CLOSE_WAITS_FOR_CALLS_BEFORE_IT_WAKES(
      Recipe.copying(
          "CLS-1",
          codec -> {
            AtomicInteger busy = new AtomicInteger();
            return new ForwardingSpace<>(new PlainSpace<>(counting(codec, busy))) {
              @Override
              public void close() {
                while (busy.get() > 0) {
                  LockSupport.parkNanos(100_000);
                }
                super.close();
              }
            };
          })),

  AN_INTERRUPTED_CLOSE_WAKES_NOBODY(
      "CLS-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeAllForClose() {
              if (!Thread.currentThread().isInterrupted()) {
                super.wakeAllForClose();
              }
            }
          }),

  CLOSE_LEAVES_A_THREAD(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            {
              leaveThread();
            }
          }),

  WHO_IS_ENDED_BY_CLOSE_LEAVES_A_THREAD(
      "CLS-3",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveUp(Queue queue, Waiter waiter) {
              super.giveUp(queue, waiter);
              if (!lifecycle().isOpen()) {
                leaveThread();
              }
            }
          }),

  CLOSE_LEAVES_A_SOCKET(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final ServerSocket socket = socket();

            private ServerSocket socket() {
              try {
                return new ServerSocket(0);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }

            @Override
            public String toString() {
              return socket.toString();
            }
          }),

  SECOND_CLOSE_RETURNS_BEFORE_THE_FIRST(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final AtomicInteger closes = new AtomicInteger();
            private final Thread worker = worker();

            private Thread worker() {
              Thread thread = new Thread(LockSupport::park);
              thread.setDaemon(true);
              thread.start();
              return thread;
            }

            @Override
            public void close() {
              if (closes.getAndIncrement() == 0) {
                super.close();
                LockSupport.parkNanos(20_000_000);
                LockSupport.unpark(worker);
                try {
                  worker.join();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            }
          }),

  CALLS_IN_PROGRESS_FAIL_ODDLY(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              Delay.letOthersRun();
              try {
                return super.keys();
              } catch (SpaceClosedException e) {
                throw new IllegalStateException("the map is gone", e);
              }
            }

            @Override
            public long len(String key) {
              Delay.letOthersRun();
              try {
                return super.len(key);
              } catch (SpaceClosedException e) {
                throw new IllegalStateException("the map is gone", e);
              }
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

  A_TIMED_TAKE_THAT_WAITS_LEAVES_A_TIMER(
      "CLS-3",
      codec ->
          new PlainSpace<>() {
            private @Nullable Timer timer;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              boolean isTimed = deadline.remainingNanos() != Long.MAX_VALUE;
              if (waiter.takes && isTimed && timer == null) {
                timer = new Timer(/* isDaemon= */ true);
              }
              super.await(waiter, deadline);
            }
          }),

  A_WAIT_OF_MORE_THAN_AN_HOUR_LEAVES_A_TIMER(
      "CLS-3",
      codec ->
          new PlainSpace<>() {
            private @Nullable Timer timer;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              long left = deadline.remainingNanos();
              boolean isLong = left != Long.MAX_VALUE && left > Duration.ofHours(1).toNanos();
              if (isLong && timer == null) {
                timer = new Timer(/* isDaemon= */ true);
              }
              super.await(waiter, deadline);
            }
          }),

  A_TAKE_THAT_DECODES_WHILE_IT_CLOSES_FINDS_NOTHING(
      Recipe.copying("CLS-3", codec -> new FindingNothing(codec))),

  CLOSE_EMPTIES_BEFORE_IT_CLOSES(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final AtomicInteger closes = new AtomicInteger();

            @Override
            public void close() {
              if (closes.getAndIncrement() == 0) {
                for (String key : super.keys()) {
                  while (super.inp(key).isPresent()) {
                    // All of them.
                  }
                }
              }
              super.close();
            }
          });

  private final Recipe recipe;

  ClosingDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  ClosingDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  private static void leaveThread() {
    Thread left = new Thread(() -> LockSupport.parkNanos(Duration.ofSeconds(5).toNanos()));
    left.setDaemon(true);
    left.start();
  }

  /** Close wakes whoever waits, but for those of a kind who would soon give up. */
  private static final class Leaving extends PlainSpace<Object> {
    private static final long SOON = Duration.ofMillis(5_500).toNanos();

    private final boolean takers;
    private final Map<Waiter, Deadline> deadlines = new HashMap<>();

    Leaving(boolean takers) {
      this.takers = takers;
    }

    @Override
    void await(Waiter waiter, Deadline deadline) throws InterruptedException {
      deadlines.put(waiter, deadline);
      try {
        super.await(waiter, deadline);
      } finally {
        deadlines.remove(waiter);
      }
    }

    @Override
    void wakeAllForClose() {
      deadlines.forEach(
          (waiter, deadline) -> {
            if (waiter.takes != takers || deadline.remainingNanos() > SOON) {
              waiter.signal.signal();
            }
          });
    }
  }

  /** Close looks who waits, and then says that it is closed: who comes in between is forgotten. */
  private static final class Counting extends ForwardingSpace<Object> {
    /** Some ten microseconds: a moment that the suite meets in each run. */
    private static final int MOMENT = 500;

    Counting() {
      super(new Remembering());
    }

    @Override
    public void close() {
      ((Remembering) to).remember();
      for (int i = 0; i < MOMENT; i++) {
        Thread.onSpinWait();
      }
      super.close();
    }
  }

  /** Close wakes those who waited at one instant. */
  private static final class Remembering extends PlainSpace<Object> {
    private List<Waiter> waiting = List.of();

    void remember() {
      lock.lock();
      try {
        waiting = queues.values().stream().flatMap(q -> q.waiters.stream()).toList();
      } finally {
        lock.unlock();
      }
    }

    @Override
    void wakeAllForClose() {
      waiting.forEach(waiter -> waiter.signal.signal());
    }
  }

  /** Who has decoded an entry to take it, and then sees that the handle is closed, goes without. */
  private static final class FindingNothing extends PlainSpace<Object> {
    private final Set<Thread> late = ConcurrentHashMap.newKeySet();

    FindingNothing(Codec<Object> codec) {
      super(codec);
    }

    @Override
    Object decode(String operation, String key, Entry entry) {
      Object value = super.decode(operation, key, entry);
      if (!operation.startsWith("rd") && !lifecycle().isOpen()) {
        late.add(Thread.currentThread());
      }
      return value;
    }

    @Override
    protected @Nullable Object take(String key, Deadline deadline) throws InterruptedException {
      try {
        return super.take(key, deadline);
      } catch (SpaceClosedException e) {
        return nothingIfLate(e);
      }
    }

    @Override
    protected @Nullable Object poll(String key) {
      try {
        return super.poll(key);
      } catch (SpaceClosedException e) {
        return nothingIfLate(e);
      }
    }

    private @Nullable Object nothingIfLate(SpaceClosedException e) {
      if (late.remove(Thread.currentThread())) {
        return null;
      }
      throw e;
    }
  }

  /** A space of which close wakes so many waiters of a kind at most, and all others. */
  private static Space<Object> wakingAtClose(int most, Predicate<PlainSpace<?>.Waiter> kind) {
    return new PlainSpace<>() {
      @Override
      void wakeAllForClose() {
        List<Waiter> all = queues.values().stream().flatMap(q -> q.waiters.stream()).toList();
        Stream.concat(all.stream().filter(kind).limit(most), all.stream().filter(kind.negate()))
            .forEach(waiter -> waiter.signal.signal());
      }
    };
  }

  /** Counts the calls of a codec that are in progress. */
  private static Codec<Object> counting(Codec<Object> codec, AtomicInteger busy) {
    return Codec.of(
        value -> {
          busy.incrementAndGet();
          try {
            return codec.encode(value);
          } finally {
            busy.decrementAndGet();
          }
        },
        bytes -> {
          busy.incrementAndGet();
          try {
            return codec.decode(bytes);
          } finally {
            busy.decrementAndGet();
          }
        });
  }

  /** Longer than the suite waits for close to wake anybody, however patient it is by itself. */
  private static final Duration LONG = Duration.ofSeconds(2);

  /** Longer than it waits for close to return. */
  private static final Duration ENDLESS = Duration.ofSeconds(25);
}
