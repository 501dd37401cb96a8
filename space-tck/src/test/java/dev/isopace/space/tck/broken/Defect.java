package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with a space, and the rule that it breaks. Each is opened as {@code
 * broken:NAME}.
 */
@SuppressWarnings({
  "ImmutableEnumChecker",
  "WaitNotInLoop"
}) // steps of a space, called in its loops
enum Defect implements Flaw {
  // FIFO

  LIFO(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              queue.entries.addFirst(entry);
            }
          }),

  LIFO_WHEN_THERE_ARE_MANY(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              if (queue.entries.size() > 1_500) {
                queue.entries.addFirst(entry);
              } else {
                super.append(queue, entry);
              }
            }
          }),

  OVERTAKES_NOW_AND_THEN(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void append(Queue queue, Entry entry) {
              if (++count % 100 == 0) {
                queue.entries.addFirst(entry);
              } else {
                queue.entries.addLast(entry);
              }
            }
          }),

  STALE_READS(
      "FIFO-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final ConcurrentHashMap<String, Optional<Object>> cache =
                new ConcurrentHashMap<>();

            @Override
            public Optional<Object> rdp(String key) {
              return cache.computeIfAbsent(key, super::rdp);
            }
          }),

  A_READER_THAT_WAKES_SLOWLY_SEES_A_LATER_ENTRY(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              for (Waiter waiter : queue.waiters) {
                if (!waiter.takes) {
                  waiter.read = entry;
                  waiter.signal.signal();
                }
              }
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              letOthersIn(1_000_000);
            }
          }),

  GIVES_UP_ALTHOUGH_THERE_IS_AN_ENTRY(
      "FIFO-2",
      codec ->
          new PlainSpace<>() {
            @Override
            boolean mayTakeAtLast() {
              return false;
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (deadline.remainingNanos() == Long.MAX_VALUE) {
                // Slow to wake up, while others give up behind it.
                letOthersIn(100_000);
              }
            }
          }),

  READS_ARE_STALE_FOR_20_MICROSECONDS(
      "FIFO-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private record Seen(Optional<Object> head, long at) {}

            private final ConcurrentHashMap<String, Seen> cache = new ConcurrentHashMap<>();

            @Override
            public Optional<Object> rdp(String key) {
              Seen last = cache.get(key);
              if (last == null || System.nanoTime() - last.at() > 20_000) {
                last = new Seen(super.rdp(key), System.nanoTime());
                cache.put(key, last);
              }
              return last.head();
            }
          }),

  COUNTS_APART_FROM_THE_QUEUE(
      "FIFO-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final ConcurrentHashMap<String, Long> counts = new ConcurrentHashMap<>();

            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              Delay.letOthersRun();
              counts.merge(key, 1L, Long::sum);
              return done;
            }

            private <T> T counted(String key, T taken) {
              counts.merge(key, -1L, Long::sum);
              return taken;
            }

            @Override
            public Object in(String key) throws InterruptedException {
              return counted(key, super.in(key));
            }

            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              Optional<Object> taken = super.in(key, timeout);
              return taken.isPresent() ? counted(key, taken) : taken;
            }

            @Override
            public Optional<Object> inp(String key) {
              Optional<Object> taken = super.inp(key);
              return taken.isPresent() ? counted(key, taken) : taken;
            }

            @Override
            public long len(String key) {
              return Math.max(0, counts.getOrDefault(key, 0L));
            }
          }),

  AN_INTERRUPT_LOSES_THE_ENTRY_IN_HAND(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              Optional<Object> taken = super.in(key, timeout);
              if (taken.isPresent() && Thread.interrupted()) {
                throw new InterruptedException();
              }
              return taken;
            }
          }),

  LOOKS_AND_TAKES_IN_TWO_STEPS(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              Optional<Object> head = super.rdp(key);
              return super.inp(key).isPresent() ? head : Optional.empty();
            }
          }),

  OUT_TAKES_EFFECT_LATER(
      "FIFO-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              Thread later =
                  new Thread(
                      () -> {
                        LockSupport.parkNanos(2_000_000);
                        super.out(key, value);
                      });
              later.setDaemon(true);
              later.start();
              return true;
            }
          }),

  LOSES_ONE_IN_500(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void append(Queue queue, Entry entry) {
              if (++count % 500 != 0) {
                super.append(queue, entry);
              }
            }
          }),

  DELIVERS_ONE_IN_200_TWICE(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void remove(Queue queue) {
              if (++count % 200 != 0) {
                super.remove(queue);
              }
            }
          }),

  SEES_ENTRIES_OF_LONGER_KEYS(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              Optional<Object> head = super.rdp(key);
              return head.isPresent()
                  ? head
                  : keys().stream().filter(k -> k.startsWith(key)).findFirst().flatMap(super::rdp);
            }
          }),

  TAKES_AN_EMPTY_VALUE_FOR_NONE(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              return super.inp(key).filter(value -> !value.equals(""));
            }
          }),

  MERGES_EQUAL_VALUES(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              if (queue.entries.stream().noneMatch(other -> other.content.equals(entry.content))) {
                super.append(queue, entry);
              }
            }
          }),

  TAKES_KEYS_OF_EQUAL_HASH_FOR_ONE(
      "FIFO-3",
      RenamingSpace.by(key -> key.length() == 2 ? Integer.toString(key.hashCode()) : key)),

  // out

  OUT_RETURNS_FALSE(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              return !super.out(key, value);
            }
          }),

  OUT_WAITS_FOR_ROOM(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              while (len(key) >= 100) {
                LockSupport.parkNanos(1_000_000);
              }
              return super.out(key, value);
            }
          }),

  WAKES_ONE_READER_ONLY(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              for (Waiter waiter : queue.waiters) {
                if (!waiter.takes) {
                  waiter.read = entry;
                  waiter.signal.signal();
                  return;
                }
              }
            }
          }),

  FORGETS_READERS_ONCE_IN_1000(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void giveToReaders(Queue queue, Entry entry) {
              if (++count % 1_000 != 0) {
                super.giveToReaders(queue, entry);
              }
            }
          }),

  READERS_LOOK_WHEN_THEY_WAKE(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              queue.waiters.stream().filter(w -> !w.takes).forEach(w -> w.signal.signal());
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!waiter.takes) {
                letOthersIn(100_000);
                waiter.read = waiter.queue.entries.peek();
              }
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_THROWS(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              if (!super.out(key, value)) {
                throw new SpaceClosedException("closed");
              }
              return true;
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_IS_TRUE(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              super.out(key, value);
              return true;
            }
          }),

  // in and rd

  RD_REMOVES(
      "IN-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object rd(String key) throws InterruptedException {
              return super.in(key);
            }
          }),

  TIMED_IN_LEAVES_THE_ENTRY(
      "IN-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              return super.rd(key, timeout);
            }
          }),

  NEVER_WAKES_TAKERS(
      "IN-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {}
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

  WAKE_UP_RESTARTS_THE_TIMEOUT("IN-2", codec -> new Broadcasting<>(true)),

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

  TIMED_OUT_TAKE_CONSUMES(
      "IN-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              long begin = System.nanoTime();
              Optional<Object> taken = super.in(key, timeout);
              boolean late = System.nanoTime() - begin >= Math.min(timeout.toNanos(), 1L << 50);
              return late ? Optional.empty() : taken;
            }
          }),

  INTERRUPTED_TAKE_CONSUMES(
      "IN-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              Object taken = super.in(key);
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              return taken;
            }
          }),

  RETURNS_AN_ENTRY_ALTHOUGH_INTERRUPTED(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object rd(String key) throws InterruptedException {
              Optional<Object> head = super.rdp(key);
              return head.isPresent() ? head.get() : super.rd(key);
            }
          }),

  WAITS_UNINTERRUPTIBLY(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) {
              if (deadline.remainingNanos() == Long.MAX_VALUE) {
                waiter.signal.awaitUninterruptibly();
              } else {
                letOthersIn(100_000);
              }
            }
          }),

  LEAVES_THE_FLAG_SET(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              try {
                return super.in(key);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw e;
              }
            }
          }),

  CLEARS_THE_FLAG_WHEN_IT_RETURNS_AN_ENTRY(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              Object taken = super.in(key);
              Thread.interrupted();
              return taken;
            }
          }),

  OUT_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              Thread.interrupted();
              return super.out(key, value);
            }
          }),

  // who is woken

  LOSES_ONE_SIGNAL_IN_2000(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void wakeTaker(Queue queue) {
              if (++count % 2_000 != 0) {
                super.wakeTaker(queue);
              }
            }
          }),

  TWO_SIGNALS_ARE_ONE(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {
              if (queue.entries.size() == 1) {
                super.wakeTaker(queue);
              }
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              queue.waiters.remove(waiter);
            }
          }),

  WHO_GIVES_UP_KEEPS_THE_SIGNAL(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              queue.waiters.remove(waiter);
            }
          }),

  READER_EATS_THE_TAKERS_SIGNAL(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {
              // Readers pass the signal on when they leave, unless they leave in another way.
              if (queue.waiters.stream().allMatch(waiter -> waiter.takes)) {
                super.wakeTaker(queue);
              }
            }

            @Override
            protected @Nullable Object read(String key, Deadline deadline)
                throws InterruptedException {
              Object head = super.read(key, deadline);
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              lock.lock();
              try {
                super.wakeTaker(queue(key));
              } finally {
                lock.unlock();
              }
              return head;
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

  WAKES_EVERYBODY("IN-7", codec -> new Broadcasting<>(false)),

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

  // the probes, len, keys

  RDP_IS_EMPTY_WHILE_THE_SPACE_IS_BUSY(
      "PRB-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              super.append(queue, entry);
              Delay.letOthersRun();
            }

            @Override
            protected @Nullable Object peek(String key) {
              return lock.isLocked() || lock.hasQueuedThreads() ? null : super.peek(key);
            }
          }),

  INP_GIVES_UP_AFTER_A_LOST_RACE(
      "PRB-1",
      codec ->
          new PlainSpace<>() {
            @Override
            protected @Nullable Object poll(String key) {
              Object seen = peek(key);
              Delay.letOthersRun();
              lock.lock();
              try {
                return seen != null
                        && queue(key).entries.peek() != null
                        && seen.equals(queue(key).entries.element().content)
                    ? super.poll(key)
                    : null;
              } finally {
                lock.unlock();
              }
            }
          }),

  INP_WAITS(
      "PRB-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              try {
                return super.in(key, Duration.ofDays(1));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
              }
            }
          }),

  LEN_IS_NO_MORE_THAN_1000(
      "PRB-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public long len(String key) {
              return Math.min(1_000, super.len(key));
            }
          }),

  LEN_COUNTS_WAITERS(
      "PRB-2",
      codec ->
          new PlainSpace<>() {
            @Override
            protected long count(String key) {
              lock.lock();
              try {
                return super.count(key) - queue(key).waiters.size();
              } finally {
                lock.unlock();
              }
            }
          }),

  LEN_IS_A_SUM_OF_TWO_INSTANTS(
      "PRB-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final AtomicInteger written = new AtomicInteger();
            private final AtomicInteger taken = new AtomicInteger();

            @Override
            public boolean out(String key, Object value) {
              written.incrementAndGet();
              return super.out(key, value);
            }

            @Override
            public Optional<Object> inp(String key) {
              Optional<Object> head = super.inp(key);
              head.ifPresent(value -> taken.incrementAndGet());
              return head;
            }

            @Override
            public long len(String key) {
              long minuend = written.get();
              LockSupport.parkNanos(100_000);
              return minuend - taken.get();
            }
          }),

  KEYS_LISTS_KEYS_THAT_ARE_WAITED_ON(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            @Override
            protected Set<String> names() {
              lock.lock();
              try {
                return new HashSet<>(queues.keySet());
              } finally {
                lock.unlock();
              }
            }
          }),

  KEYS_CAN_BE_CHANGED(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              return new HashSet<>(super.keys());
            }
          }),

  KEYS_FORGETS_SOME(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              HashSet<String> some = new HashSet<>(super.keys());
              some.removeIf(key -> key.endsWith("7"));
              return Set.copyOf(some);
            }
          }),

  NEVER_FORGETS_A_KEY(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            @Override
            void forgetIfIdle(String key, Queue queue) {}
          }),

  REMEMBERS_WAITERS_WHOSE_TIME_WAS_OVER(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private final List<Waiter> remembered = new ArrayList<>();

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (waiter.takes && queue.entries.isEmpty()) {
                remembered.add(waiter);
              }
              super.giveUp(queue, waiter);
            }
          }),

  REMEMBERS_KEYS_THAT_WERE_WAITED_ON(
      "PRB-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<String> waitedOn = ConcurrentHashMap.newKeySet();

            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              waitedOn.add(key);
              return super.rd(key, timeout);
            }
          }),

  // close

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

  CLOSED_SPACE_STILL_GIVES(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              return closed ? Optional.empty() : super.rdp(key);
            }
          }),

  SECOND_CLOSE_THROWS(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              if (closed) {
                throw new SpaceClosedException("closed");
              }
              super.close();
            }
          }),

  CLOSE_LEAVES_A_THREAD(
      "CLS-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            {
              Thread left =
                  new Thread(() -> LockSupport.parkNanos(Duration.ofSeconds(5).toNanos()));
              left.setDaemon(true);
              left.start();
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

  // arguments

  NULL_KEY_IS_A_KEY("ARG-1", RenamingSpace.by(key -> key == null ? "null" : key)),

  NULL_TIMEOUT_IS_NOT_NAMED(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              if (timeout == null) {
                throw new NullPointerException();
              }
              return super.rd(key, timeout);
            }
          }),

  CLOSED_COMES_BEFORE_ARGUMENTS(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              if (closed) {
                throw new SpaceClosedException("closed");
              }
              return super.inp(key);
            }
          }),

  CUTS_LONG_KEYS(
      "ARG-2", RenamingSpace.by(key -> key.length() > 255 ? key.substring(0, 255) : key)),

  NORMALISES_KEYS("ARG-2", RenamingSpace.by(key -> Normalizer.normalize(key, Normalizer.Form.NFC))),

  IGNORES_CASE("ARG-2", RenamingSpace.by(key -> key.toLowerCase(Locale.ROOT))),

  REPLACES_UNPAIRED_SURROGATES(
      "ARG-2",
      RenamingSpace.by(
          key -> new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))),

  REFUSES_THE_EMPTY_KEY(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.isEmpty()) {
              throw new IllegalArgumentException("key is empty");
            }
            return key;
          })),

  DOES_NOT_SAY_HOW_LONG_A_KEY_MAY_BE(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.length() > 512) {
              throw new IllegalArgumentException("key is too long");
            }
            return key;
          })),

  CUTS_LARGE_VALUES(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              byte[] bytes = codec.encode(value);
              return new Entry(bytes.length > 65_535 ? Arrays.copyOf(bytes, 65_535) : bytes);
            }
          }),

  REFUSES_LARGE_VALUES("ARG-3", codec -> limited(codec, 400_000, true)),

  DOES_NOT_SAY_HOW_LARGE_A_VALUE_MAY_BE("ARG-3", codec -> limited(codec, 512 * 1024, false)),

  ENCODES_UNDER_ITS_LOCK(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              lock.lock();
              try {
                return super.encode(key, value);
              } finally {
                lock.unlock();
              }
            }
          }),

  DECODES_UNDER_ITS_LOCK(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              lock.lock();
              try {
                return super.decode(operation, key, entry);
              } finally {
                lock.unlock();
              }
            }
          }),

  STORES_WHAT_IT_COULD_NOT_ENCODE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              try {
                return super.encode(key, value);
              } catch (SpaceException e) {
                lock.lock();
                try {
                  queue(key).entries.add(new Entry(new byte[0]));
                } finally {
                  lock.unlock();
                }
                throw e;
              }
            }
          }),

  DROPS_WHAT_IT_CANNOT_DECODE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              try {
                return super.decode(operation, key, entry);
              } catch (SpaceException e) {
                lock.lock();
                try {
                  queue(key).entries.remove(entry);
                } finally {
                  lock.unlock();
                }
                throw e;
              }
            }
          }),

  DOES_NOT_SAY_WHY_IT_COULD_NOT_DECODE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              try {
                return super.decode(operation, key, entry);
              } catch (SpaceException e) {
                throw new SpaceException("cannot decode the head of " + key);
              }
            }
          }),

  DECODES_TWICE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              super.decode(operation, key, entry);
              return super.decode(operation, key, entry);
            }
          }),

  // CPY

  KEEPS_WHAT_IT_WAS_GIVEN(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              return new Entry(codec.encode(value));
            }
          }),

  GIVES_OUT_WHAT_IT_KEEPS(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              return codec.decode((byte[]) entry.content);
            }
          }),

  READERS_SHARE_A_COPY(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            private final Map<Entry, Object> copies =
                Collections.synchronizedMap(new IdentityHashMap<>());

            @Override
            Object decode(String operation, String key, Entry entry) {
              return operation.equals("rd")
                  ? copies.computeIfAbsent(entry, each -> super.decode(operation, key, each))
                  : super.decode(operation, key, entry);
            }
          });

  private final Recipe recipe;

  Defect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  private static Space<Object> limited(Codec<Object> codec, int limit, boolean saysSo) {
    return new PlainSpace<>(codec) {
      @Override
      Entry encode(String key, Object value) {
        Entry entry = super.encode(key, value);
        int size = ((byte[]) entry.content).length;
        if (saysSo) {
          Arguments.requireSize(size, limit);
        } else if (size > limit) {
          throw new IllegalArgumentException("value is too large");
        }
        return entry;
      }
    };
  }

  /** Whatever happens wakes everybody, on all keys. */
  private static final class Broadcasting<V> extends PlainSpace<V> {
    private final boolean restarts;

    Broadcasting(boolean restarts) {
      this.restarts = restarts;
    }

    @Override
    void append(Queue queue, Entry entry) {
      super.append(queue, entry);
      for (Queue other : new ArrayList<>(queues.values())) {
        List.copyOf(other.waiters).forEach(waiter -> waiter.signal.signal());
      }
    }

    @Override
    void await(Waiter waiter, Deadline deadline) throws InterruptedException {
      if (!restarts || deadline.remainingNanos() > Duration.ofMinutes(1).toNanos()) {
        super.await(waiter, deadline);
        return;
      }
      // All the time again, whenever somebody has woken this one.
      long full = Math.max(1, deadline.remainingNanos());
      while (waiter.signal.awaitNanos(full) > 0 && waiter.read == null) {
        if (!waiter.queue.entries.isEmpty()) {
          return;
        }
      }
    }
  }
}
