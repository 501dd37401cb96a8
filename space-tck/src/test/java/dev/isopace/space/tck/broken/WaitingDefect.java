package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** What can be wrong with callers that wait, are woken, interrupted, or run out of time. */
@SuppressWarnings({
  "ImmutableEnumChecker",
  "WaitNotInLoop",
  "UnnecessaryLongToIntConversion"
}) // steps of a space, called in its loops; a conversion that is the fault
enum WaitingDefect implements Flaw {
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

  INP_WANTS_NO_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              try {
                return super.in(key, Duration.ZERO);
              } catch (InterruptedException e) {
                return Optional.empty();
              }
            }
          }),

  A_PROBE_IN_VAIN_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              Optional<Object> head = super.rdp(key);
              return head.isEmpty() && Thread.interrupted() ? Optional.empty() : head;
            }
          }),

  CLOSE_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              super.close();
              Thread.interrupted();
            }
          }),

  WHAT_AN_INTERRUPTED_TAKER_LEAVES_GOES_TO_THE_END(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private boolean isInterrupted;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                isInterrupted = true;
                // Slow to leave: meanwhile others write.
                letOthersIn(200_000);
                throw e;
              }
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (isInterrupted && waiter.takes && !queue.entries.isEmpty()) {
                queue.entries.addLast(queue.entries.removeFirst());
              }
              isInterrupted = false;
              super.giveUp(queue, waiter);
            }
          }),

  WHOSE_TIME_IS_OVER_STAYS_IN_LINE(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (!waiter.takes || !queue.entries.isEmpty() || queue.waiters.size() < 2) {
                super.giveUp(queue, waiter);
              }
            }
          }),

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

  A_READER_WHOSE_TIME_IS_OVER_EATS_THE_SIGNAL(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private boolean isOver;

            @Override
            void wakeTaker(Queue queue) {
              // Readers pass the signal on when they leave, unless their time is over.
              if (queue.waiters.stream().allMatch(waiter -> waiter.takes)) {
                super.wakeTaker(queue);
              }
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!waiter.takes && deadline.hasPassed()) {
                // Slow to leave: meanwhile others write.
                letOthersIn(100_000);
                isOver = true;
              }
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              super.giveUp(queue, waiter);
              if (!waiter.takes && !isOver) {
                super.wakeTaker(queue);
              }
              isOver = false;
            }
          });

  private final Recipe recipe;

  WaitingDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
