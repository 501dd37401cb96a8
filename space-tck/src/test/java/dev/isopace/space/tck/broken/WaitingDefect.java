package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a wait: whether it ends, what it costs, and whose turn it is. */
@SuppressWarnings("ImmutableEnumChecker")
enum WaitingDefect implements Flaw {
  NEVER_WAKES_TAKERS(
      "IN-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {}
          }),

  A_WAKE_UP_FOR_NOTHING_ENDS_A_WAIT(
      "IN-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              super.giveToReaders(queue, entry);
              queue.waiters.stream()
                  .filter(waiter -> waiter.read != null)
                  .forEach(waiter -> LockSupport.unpark(waiter.thread));
            }

            @Override
            void wakeTaker(Queue queue) {
              Waiter first = firstTaker(queue);
              if (first != null) {
                LockSupport.unpark(first.thread);
              }
            }

            @Override
            void wakeAllForClose() {
              queues
                  .values()
                  .forEach(q -> q.waiters.forEach(waiter -> LockSupport.unpark(waiter.thread)));
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              waiter.thread = Thread.currentThread();
              lock.unlock();
              try {
                LockSupport.parkNanos(this, deadline.remainingNanos());
              } finally {
                lock.lock();
              }
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              if (waiter.read == null
                  && lifecycle().isOpen()
                  && deadline.remainingNanos() == Long.MAX_VALUE
                  && waiter.queue.entries.isEmpty()) {
                throw new NoSuchElementException("woken, but there is no entry");
              }
            }
          }),

  POLLS(
      "IN-7",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, Deadline.after(Duration.ofMillis(1)));
            }
          }),

  WAKES_EVERYBODY("IN-7", codec -> new BroadcastingSpace<>(false)),

  POLLS_TWICE_A_SECOND(
      "IN-7",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, Deadline.after(Duration.ofMillis(500)));
            }
          }),

  KEYS_OF_ONE_STRIPE_WAKE_ONE_ANOTHER(
      "IN-7",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              super.append(queue, entry);
              for (Queue other : queues.values()) {
                if ((other.key.hashCode() ^ queue.key.hashCode()) % 64 == 0) {
                  other.waiters.forEach(waiter -> waiter.signal.signal());
                }
              }
            }
          }),

  A_READER_THAT_WAITS_LOCKS_KEYS(
      "IN-7",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final ReadWriteLock naming = new ReentrantReadWriteLock();

            @Override
            public Object rd(String key) throws InterruptedException {
              naming.readLock().lock();
              try {
                return super.rd(key);
              } finally {
                naming.readLock().unlock();
              }
            }

            @Override
            public Set<String> keys() {
              naming.writeLock().lock();
              try {
                return super.keys();
              } finally {
                naming.writeLock().unlock();
              }
            }
          }),

  A_SHORT_WAIT_SPINS(
      "IN-7",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              if (deadline.remainingNanos() > Duration.ofSeconds(1).toNanos()) {
                super.await(waiter, deadline);
                return;
              }
              lock.unlock();
              Thread.onSpinWait();
              lock.lock();
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
            }
          }),

  WAKES_NOBODY_WHILE_MORE_THAN_512_KEYS_ARE_IN_USE(
      "IN-7",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              if (queues.size() <= 512) {
                super.giveToReaders(queue, entry);
              }
            }

            @Override
            void wakeTaker(Queue queue) {
              if (queues.size() <= 512) {
                super.wakeTaker(queue);
              }
            }
          }),

  SERVES_THE_LAST_TAKER_FIRST(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            @Override
            void joinLine(Queue queue, Waiter waiter) {
              queue.waiters.add(0, waiter);
            }
          }),

  LETS_A_WAITER_STARVE(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            private long removed;
            private boolean lost;

            @Override
            void remove(Queue queue) {
              removed++;
              super.remove(queue);
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              long before = removed;
              super.await(waiter, deadline);
              lost = removed != before;
            }

            @Override
            boolean mayTake(Queue queue, @Nullable Waiter waiter) {
              // Who lost a race waits for the next chance, whatever is there.
              boolean may = waiter == null || !lost;
              lost = false;
              return may;
            }
          }),

  A_TIMED_TAKER_STARVES_BESIDE_ONE_THAT_TAKES_WHAT_IT_WRITES(
      "IN-8", codec -> new Starving(/* takers= */ true)),

  A_TIMED_READER_STARVES_BESIDE_ONE_THAT_TAKES_WHAT_IT_WRITES(
      "IN-8", codec -> new Starving(/* takers= */ false)),

  TIMED_TAKERS_COME_FIRST(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            private final Set<Thread> timed = new HashSet<>();

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              lock.lock();
              try {
                if (deadline.remainingNanos() == Long.MAX_VALUE) {
                  timed.remove(Thread.currentThread());
                } else {
                  timed.add(Thread.currentThread());
                }
              } finally {
                lock.unlock();
              }
              return super.take(key, deadline);
            }

            @Override
            void joinLine(Queue queue, Waiter waiter) {
              if (waiter.takes && timed.contains(Thread.currentThread())) {
                queue.waiters.add(0, waiter);
              } else {
                super.joinLine(queue, waiter);
              }
            }
          }),

  A_TIMEOUT_TURNS_THE_LINE_ROUND(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            private boolean isOver;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              isOver = deadline.hasPassed();
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              super.giveUp(queue, waiter);
              if (isOver) {
                Collections.reverse(queue.waiters);
                isOver = false;
              }
            }
          }),

  A_LOST_RACE_SENDS_TO_THE_END_OF_THE_LINE(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              // Slow to wake up: meanwhile others take.
              letOthersIn(100_000);
              Queue queue = waiter.queue;
              if (waiter.takes && queue.entries.isEmpty() && queue.waiters.remove(waiter)) {
                queue.waiters.add(waiter);
              }
            }
          }),

  IS_FAIR_TO_16_TAKERS_AT_MOST(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            @Override
            void joinLine(Queue queue, Waiter waiter) {
              if (queue.waiters.size() >= 16) {
                queue.waiters.add(16, waiter);
              } else {
                super.joinLine(queue, waiter);
              }
            }
          }),

  SERVES_TAKERS_BY_PRIORITY(
      "IN-8",
      codec ->
          new PlainSpace<>() {
            @Override
            void joinLine(Queue queue, Waiter waiter) {
              waiter.thread = Thread.currentThread();
              super.joinLine(queue, waiter);
            }

            @Override
            @Nullable Waiter firstTaker(Queue queue) {
              return queue.waiters.stream()
                  .filter(waiter -> waiter.takes)
                  .max(Comparator.comparingInt(waiter -> priority(waiter.thread)))
                  .orElse(null);
            }

            private int priority(@Nullable Thread thread) {
              return thread == null ? 0 : thread.getPriority();
            }
          }),

  A_WAKE_UP_FOR_NOTHING_SENDS_TO_THE_END_OF_THE_LINE(
      "IN-8",
      codec ->
          new ParkingSpace<>() {
            @Override
            void wokenForNothing(Waiter waiter) {
              if (waiter.takes && waiter.queue.entries.isEmpty() && lifecycle().isOpen()) {
                waiter.queue.waiters.remove(waiter);
                waiter.queue.waiters.add(waiter);
              }
            }
          });

  /**
   * Whoever has taken what it wrote a few times in a row is taken to be the only one that uses the
   * key: timed waiters of a kind are not served any more, if they were ever quick enough.
   */
  private static final class Starving extends PlainSpace<Object> {
    private static final int FEW = 3;

    private final boolean takers;
    private @Nullable Thread writer;
    private String ownKey = "";
    private int own;

    Starving(boolean takers) {
      this.takers = takers;
    }

    @Override
    void append(Queue queue, Entry entry) {
      super.append(queue, entry);
      writer = Thread.currentThread();
    }

    @Override
    void remove(Queue queue) {
      super.remove(queue);
      own = Thread.currentThread() != writer ? 0 : ownKey.equals(queue.key) ? own + 1 : 1;
      ownKey = queue.key;
    }

    @Override
    void await(Waiter waiter, Deadline deadline) throws InterruptedException {
      super.await(waiter, deadline);
      if (waiter.takes != takers || deadline.remainingNanos() == Long.MAX_VALUE) {
        return;
      }
      // Slow to wake up: meanwhile others take.
      letOthersIn(5_000_000);
      while (own >= FEW
          && ownKey.equals(waiter.queue.key)
          && lifecycle().isOpen()
          && !deadline.hasPassed()) {
        waiter.read = null;
        super.await(waiter, deadline);
      }
    }
  }

  private final Recipe recipe;

  WaitingDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
