package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be wrong with what a space holds, counts and lists. */
@SuppressWarnings("ImmutableEnumChecker")
enum ContentDefect implements Flaw {
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

  LOSES_ONE_IN_300000(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void append(Queue queue, Entry entry) {
              if (++count % 300_000 != 0) {
                super.append(queue, entry);
              }
            }
          }),

  DELIVERS_ONE_IN_100000_TWICE(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private int count;

            @Override
            void remove(Queue queue) {
              if (++count % 100_000 != 0) {
                super.remove(queue);
              }
            }
          }),

  WRITES_TO_A_QUEUE_THAT_WAS_FORGOTTEN(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            @Override
            protected boolean put(String key, Object value) {
              Queue queue;
              lock.lock();
              try {
                queue = queue(key);
              } finally {
                lock.unlock();
              }
              Delay.letOthersRun();
              lock.lock();
              try {
                if (!lifecycle().isOpen()) {
                  return false;
                }
                Entry entry = encode(key, value);
                append(queue, entry);
                giveToReaders(queue, entry);
                wakeTaker(queue);
                return true;
              } finally {
                lock.unlock();
              }
            }
          }),

  OUT_WAITS_FOR_ROOM_BEHIND_10000(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              while (len(key) >= 10_000) {
                LockSupport.parkNanos(1_000_000);
              }
              return super.out(key, value);
            }
          }),

  OUT_DROPS_WHAT_COMES_BEHIND_50000(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              return len(key) >= 50_000 || super.out(key, value);
            }
          }),

  WAKES_32_READERS_AT_MOST(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              int left = 32;
              for (Waiter waiter : queue.waiters) {
                if (!waiter.takes && waiter.read == null && left-- > 0) {
                  waiter.read = entry;
                  waiter.signal.signal();
                }
              }
            }
          }),

  KEYS_LISTS_1000_AT_MOST(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              return super.keys().stream().limit(1_000).collect(Collectors.toUnmodifiableSet());
            }
          }),

  KEYS_ARE_THOSE_OF_A_MILLISECOND_AGO(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private Set<String> last = Set.of();
            private long at = System.nanoTime() - 1_000_000;

            @Override
            public synchronized Set<String> keys() {
              Set<String> now = super.keys();
              if (System.nanoTime() - at >= 1_000_000) {
                last = now;
                at = System.nanoTime();
              }
              return last;
            }
          }),

  KEYS_CAN_BE_REMOVED_BY_THE_ITERATOR(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              Set<String> keys = new HashSet<>(super.keys());
              return new AbstractSet<>() {
                @Override
                public Iterator<String> iterator() {
                  return keys.iterator();
                }

                @Override
                public int size() {
                  return keys.size();
                }

                @Override
                public boolean remove(Object key) {
                  throw new UnsupportedOperationException();
                }

                @Override
                public boolean removeIf(Predicate<? super String> filter) {
                  throw new UnsupportedOperationException();
                }

                @Override
                public void clear() {
                  throw new UnsupportedOperationException();
                }
              };
            }
          }),

  KEYS_MISSES_ONE_THAT_WAS_TAKEN_FROM(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            private final Set<String> touched = new HashSet<>();

            @Override
            void append(Queue queue, Entry entry) {
              touched.remove(queue.key);
              super.append(queue, entry);
            }

            @Override
            void remove(Queue queue) {
              super.remove(queue);
              if (!queue.entries.isEmpty()) {
                touched.add(queue.key);
              }
            }

            @Override
            protected Set<String> names() {
              lock.lock();
              try {
                Set<String> names = new HashSet<>(super.names());
                names.removeAll(touched);
                return names;
              } finally {
                lock.unlock();
              }
            }
          }),

  KEEPS_VALUES_THAT_WERE_TAKEN(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private final List<Object> taken = new ArrayList<>();

            @Override
            void remove(Queue queue) {
              taken.add(queue.entries.element().content);
              super.remove(queue);
            }
          }),

  REMEMBERS_KEYS_OF_INTERRUPTED_WAITS(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private boolean isInterrupted;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                isInterrupted = true;
                throw e;
              }
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              if (!isInterrupted) {
                super.forgetIfIdle(key, queue);
              }
              isInterrupted = false;
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

  LEN_IS_ROUNDED_ABOVE_1000(
      "PRB-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public long len(String key) {
              long length = super.len(key);
              return length > 1_000 ? length / 10 * 10 : length;
            }
          }),

  KEYS_LISTS_WHAT_A_WAITER_EMPTIED(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            private final Set<String> emptied = new HashSet<>();

            @Override
            void append(Queue queue, Entry entry) {
              emptied.remove(queue.key);
              super.append(queue, entry);
            }

            @Override
            void remove(Queue queue) {
              super.remove(queue);
              if (queue.entries.isEmpty() && firstTaker(queue) != null) {
                emptied.add(queue.key);
              }
            }

            @Override
            protected Set<String> names() {
              lock.lock();
              try {
                Set<String> names = new HashSet<>(super.names());
                names.addAll(emptied);
                return names;
              } finally {
                lock.unlock();
              }
            }
          });

  private final Recipe recipe;

  ContentDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
