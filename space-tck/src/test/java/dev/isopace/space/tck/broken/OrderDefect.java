package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the order of entries, and with calls that see what no order explains. */
@SuppressWarnings("ImmutableEnumChecker")
enum OrderDefect implements Flaw {
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

  TIMED_IN_TAKES_THE_LAST(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              lock.lock();
              try {
                Queue queue = queues.get(key);
                if (deadline.allowsWaiting()
                    && deadline.remainingNanos() != Long.MAX_VALUE
                    && queue != null
                    && queue.entries.size() > 1) {
                  queue.entries.addFirst(queue.entries.removeLast());
                }
              } finally {
                lock.unlock();
              }
              return super.take(key, deadline);
            }
          }),

  SORTS_ITS_ENTRIES(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              super.append(queue, entry);
              List<Entry> sorted = new ArrayList<>(queue.entries);
              sorted.sort(Comparator.comparing(each -> each.content.toString()));
              queue.entries.clear();
              queue.entries.addAll(sorted);
            }
          }),

  LIFO_UNDER_LONG_KEYS(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              if (queue.key.length() > 100) {
                queue.entries.addFirst(entry);
              } else {
                super.append(queue, entry);
              }
            }
          }),

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

  SORTS_BY_NUMBERS_OF_FIVE_DIGITS(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void append(Queue queue, Entry entry) {
              // "100000" is before "99999".
              if (count++ < 100_000) {
                super.append(queue, entry);
              } else {
                queue.entries.addFirst(entry);
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

  SMALL_VALUES_OVERTAKE_LARGE_ONES(
      "FIFO-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              Entry last = queue.entries.peekLast();
              if (last != null && size(last) > 60_000 && size(entry) < 1_000) {
                queue.entries.removeLast();
                super.append(queue, entry);
                super.append(queue, last);
              } else {
                super.append(queue, entry);
              }
            }

            private int size(Entry entry) {
              return entry.content instanceof String text ? text.length() : 0;
            }
          });

  private final Recipe recipe;

  OrderDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
