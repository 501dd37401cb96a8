package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong with a space under some condition only: a size, a number, a way of calling. */
@SuppressWarnings({"ImmutableEnumChecker", "WaitNotInLoop"})
enum ConditionalDefect implements Flaw {
  A_RING_OF_1024_GROWS_WRONGLY_ONCE_IT_HAS_TURNED(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            private final Map<Queue, Integer> removed = new WeakHashMap<>();

            @Override
            void remove(Queue queue) {
              removed.merge(queue, 1, Integer::sum);
              super.remove(queue);
            }

            @Override
            void append(Queue queue, Entry entry) {
              int size = queue.entries.size();
              if (size >= 1_024 && Integer.bitCount(size) == 1) {
                // The array is copied as it lies.
                for (int i = removed.getOrDefault(queue, 0) % size; i > 0; i--) {
                  queue.entries.addFirst(queue.entries.removeLast());
                }
                removed.remove(queue);
              }
              super.append(queue, entry);
            }
          }),

  RD_WITH_TIMEOUT_0_IS_EMPTY_WHILE_THE_SPACE_IS_BUSY(
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
              boolean timed =
                  Arrays.stream(new Throwable().getStackTrace())
                      .anyMatch(frame -> frame.getMethodName().equals("rd"));
              return timed && (lock.isLocked() || lock.hasQueuedThreads()) ? null : super.peek(key);
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

  OUT_TO_ONE_THAT_WAITS_RETURNS_FALSE(
      "OUT-1",
      codec ->
          new PlainSpace<>() {
            @Override
            protected boolean put(String key, Object value) {
              lock.lock();
              try {
                boolean waits = firstTaker(queue(key)) != null;
                return super.put(key, value) && !waits;
              } finally {
                lock.unlock();
              }
            }
          }),

  A_TAKE_THAT_FINDS_AN_ENTRY_AT_ONCE_LEAVES_ITS_KEY(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private boolean atOnce;

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              lock.lock();
              try {
                atOnce = !queue(key).entries.isEmpty();
                return super.take(key, deadline);
              } finally {
                lock.unlock();
              }
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              if (!atOnce) {
                super.forgetIfIdle(key, queue);
              }
              atOnce = false;
            }
          }),

  A_TIMED_PROBE_IN_VAIN_LEAVES_ITS_KEY(
      "PRB-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<String> probed = ConcurrentHashMap.newKeySet();

            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              if (timeout.isZero()) {
                probed.add(key);
              }
              return super.in(key, timeout);
            }
          }),

  KEEPS_VALUES_THAT_ONE_WAITED_FOR(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private final List<Object> given = new ArrayList<>();

            @Override
            void wakeTaker(Queue queue) {
              if (firstTaker(queue) != null && !queue.entries.isEmpty()) {
                given.add(queue.entries.element().content);
              }
              super.wakeTaker(queue);
            }
          }),

  A_KEY_THAT_HELD_TWO_ENTRIES_IS_NOT_FORGOTTEN(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private final Set<Queue> grown = new HashSet<>();

            @Override
            void append(Queue queue, Entry entry) {
              super.append(queue, entry);
              if (queue.entries.size() > 1) {
                grown.add(queue);
              }
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              if (!grown.contains(queue)) {
                super.forgetIfIdle(key, queue);
              }
            }
          }),

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
          }),

  CLOSE_WAITS_FOR_CALLS_BEFORE_IT_WAKES(
      Recipe.copying(
          "CLS-1",
          codec -> {
            AtomicInteger busy = new AtomicInteger();
            return new ForwardingSpace<>(
                new PlainSpace<>(
                    Codec.of(
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
                        }))) {
              @Override
              public void close() {
                while (busy.get() > 0) {
                  LockSupport.parkNanos(100_000);
                }
                super.close();
              }
            };
          })),

  CUTS_ZEROS_AT_THE_END_OF_A_VALUE(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              byte[] bytes = codec.encode(value);
              int length = bytes.length;
              while (length > 0 && bytes[length - 1] == 0) {
                length--;
              }
              return new Entry(Arrays.copyOf(bytes, length));
            }
          }),

  AN_ERROR_OF_THE_CODEC_LOSES_THE_ENTRY(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              try {
                return super.decode(operation, key, entry);
              } catch (SpaceException e) {
                if (e.getCause() instanceof Error) {
                  lock.lock();
                  try {
                    queue(key).entries.remove(entry);
                  } finally {
                    lock.unlock();
                  }
                }
                throw e;
              }
            }
          }),

  REMOVES_BEFORE_IT_DECODES(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            protected @Nullable Object poll(String key) {
              Entry head;
              lock.lock();
              try {
                lifecycle().requireOpen("inp", key);
                Queue queue = queue(key);
                head = queue.entries.poll();
                forgetIfIdle(key, queue);
              } finally {
                lock.unlock();
              }
              if (head == null) {
                return null;
              }
              try {
                return decode("inp", key, head);
              } catch (SpaceException e) {
                lock.lock();
                try {
                  queue(key).entries.addFirst(head);
                } finally {
                  lock.unlock();
                }
                throw e;
              }
            }
          }),

  INP_DECODES_TWICE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              if (operation.equals("inp")) {
                super.decode(operation, key, entry);
              }
              return super.decode(operation, key, entry);
            }
          }),

  A_TIMED_READ_GIVES_OUT_WHAT_THE_SPACE_KEEPS(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            protected @Nullable Object read(String key, Deadline deadline)
                throws InterruptedException {
              lock.lock();
              try {
                Entry head = queue(key).entries.peek();
                if (head != null && deadline != Deadline.NEVER) {
                  return codec.decode((byte[]) head.content);
                }
              } finally {
                lock.unlock();
              }
              return super.read(key, deadline);
            }
          }),

  DOES_NOT_COPY_LARGE_VALUES(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              byte[] bytes = codec.encode(value);
              return bytes.length > 8_000 ? new Entry(bytes) : super.encode(key, value);
            }
          }),

  WAKES_64_READERS_AT_MOST(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              int left = 64;
              for (Waiter waiter : queue.waiters) {
                if (!waiter.takes && waiter.read == null && left-- > 0) {
                  waiter.read = entry;
                  waiter.signal.signal();
                }
              }
            }
          }),

  A_READER_THAT_GIVES_UP_FORGETS_THE_KEY(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private @Nullable Thread reader;

            @Override
            protected @Nullable Object read(String key, Deadline deadline)
                throws InterruptedException {
              reader = Thread.currentThread();
              return super.read(key, deadline);
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              boolean isIdle = queue.entries.isEmpty() && queue.waiters.isEmpty();
              if (isIdle && reader == Thread.currentThread()) {
                // Looks, and then forgets.
                lock.unlock();
                Delay.letOthersRun();
                lock.lock();
                queues.remove(key, queue);
              } else {
                super.forgetIfIdle(key, queue);
              }
            }
          }),

  SEVERAL_THAT_ARE_INTERRUPTED_PUT_BACK_IN_REVERSE(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {
              // To each its own: what it was woken for waits for it, and not in the queue.
              for (Waiter waiter : queue.waiters) {
                if (waiter.takes && waiter.read == null && !queue.entries.isEmpty()) {
                  waiter.read = queue.entries.remove();
                  waiter.signal.signal();
                }
              }
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                // Slow to leave: meanwhile others write.
                letOthersIn(200_000);
                throw e;
              }
            }

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              lock.lock();
              Queue queue = queue(key);
              Waiter waiter = new Waiter(queue, true);
              try {
                lifecycle().requireOpen("in", key);
                waiter.read = queue.entries.poll();
                if (waiter.read == null) {
                  joinLine(queue, waiter);
                }
                while (waiter.read == null && !deadline.hasPassed()) {
                  lifecycle().requireOpen("in", key);
                  await(waiter, deadline);
                }
                return waiter.read == null ? null : decode("in", key, waiter.read);
              } catch (InterruptedException e) {
                if (waiter.read != null) {
                  queue.entries.addFirst(waiter.read);
                }
                throw e;
              } finally {
                queue.waiters.remove(waiter);
                wakeTaker(queue);
                forgetIfIdle(key, queue);
                lock.unlock();
              }
            }
          }),

  A_CALL_OF_AN_INTERRUPTED_THREAD_LEAVES_ITS_KEY(
      "PRB-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<String> entered = ConcurrentHashMap.newKeySet();

            @Override
            public Object in(String key) throws InterruptedException {
              entered.add(key);
              Object taken;
              if (Thread.currentThread().isInterrupted()) {
                return super.in(key);
              }
              try {
                taken = super.in(key);
              } finally {
                entered.remove(key);
              }
              return taken;
            }
          }),

  A_VALUE_THAT_IS_TOO_LARGE_LEAVES_ITS_KEY(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            private final Set<String> touched = ConcurrentHashMap.newKeySet();

            @Override
            Entry encode(String key, Object value) {
              touched.add(key);
              Entry entry = super.encode(key, value);
              Arguments.requireSize(((byte[]) entry.content).length, 600_000);
              touched.remove(key);
              return entry;
            }

            @Override
            protected Set<String> names() {
              Set<String> names = super.names();
              names.addAll(touched);
              return names;
            }
          }),

  CUTS_LARGE_VALUES_FOR_ONE_THAT_WAITS(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              byte[] bytes = (byte[]) entry.content;
              if (!queue.waiters.isEmpty() && bytes.length > 65_536) {
                queue.entries.removeLast();
                Entry cut = new Entry(Arrays.copyOf(bytes, 65_536));
                append(queue, cut);
                super.giveToReaders(queue, cut);
              } else {
                super.giveToReaders(queue, entry);
              }
            }
          }),

  AN_INTERRUPT_ENDS_THE_NEXT_WAIT_TOO(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            private final Set<String> interrupted = new HashSet<>();

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              String key = waiter.queue.key;
              if (interrupted.remove(key)) {
                throw new InterruptedException("of a wait before");
              }
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                interrupted.add(key);
                throw e;
              }
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

  A_SIGNAL_GOES_TO_ONE_OF_A_STRIPE(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeTaker(Queue queue) {
              // One condition for the keys of a stripe, and one signal.
              queues.values().stream()
                  .filter(other -> (other.key.hashCode() ^ queue.key.hashCode()) % 256 == 0)
                  .flatMap(other -> other.waiters.stream())
                  .filter(waiter -> waiter.takes)
                  .findFirst()
                  .ifPresent(waiter -> waiter.signal.signal());
            }
          }),

  KEYS_CAN_BE_RETAINED(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              Set<String> keys = new HashSet<>(super.keys());
              Set<String> fixed = Collections.unmodifiableSet(keys);
              return new AbstractSet<>() {
                @Override
                public Iterator<String> iterator() {
                  return fixed.iterator();
                }

                @Override
                public int size() {
                  return fixed.size();
                }

                @Override
                public boolean remove(Object key) {
                  throw new UnsupportedOperationException();
                }

                @Override
                public boolean retainAll(Collection<?> others) {
                  return keys.retainAll(others);
                }
              };
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

  RD_WITH_TIMEOUT_0_REMOVES(
      "IN-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              return timeout.isZero() ? super.in(key, timeout) : super.rd(key, timeout);
            }
          }),

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

  KEYS_LISTS_NO_BLANK_ONES(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              return super.keys().stream()
                  .filter(key -> !key.isBlank())
                  .collect(Collectors.toUnmodifiableSet());
            }
          });

  /** Ends a wait that goes on. */
  private static final class GivesUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Recipe recipe;

  ConditionalDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  ConditionalDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
