package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the keys that a space lists. */
@SuppressWarnings("ImmutableEnumChecker")
enum ListingDefect implements Flaw {
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
          }),

  KEYS_LISTS_16384_AT_MOST(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              return super.keys().stream().limit(16_384).collect(Collectors.toUnmodifiableSet());
            }
          }),

  KEYS_LISTS_10000_COPIES_AT_MOST(
      Recipe.copying(
          "PRB-3",
          codec ->
              new ForwardingSpace<>(new PlainSpace<>(codec)) {
                @Override
                public Set<String> keys() {
                  return super.keys().stream()
                      .limit(10_000)
                      .collect(Collectors.toUnmodifiableSet());
                }
              })),

  KEYS_ARE_LISTED_IN_PAGES_OF_1000(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            @Override
            protected Set<String> names() {
              List<String> names = new ArrayList<>();
              List<String> page = List.of();
              int seen = 0;
              do {
                // Between two pages others may change the space, and the places of all keys.
                lock.lock();
                try {
                  page = super.names().stream().skip(seen).limit(1_000).toList();
                } finally {
                  lock.unlock();
                }
                names.addAll(page);
                seen += page.size();
              } while (page.size() == 1_000);
              return new HashSet<>(names);
            }
          }),

  KEYS_MISSES_ONE_THAT_WAITERS_HAVE_EMPTIED(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            private final Set<String> emptied = new HashSet<>();

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              // Slow to wake up: meanwhile others write.
              letOthersIn(100_000);
            }

            @Override
            void remove(Queue queue) {
              super.remove(queue);
              if (queue.entries.isEmpty()) {
                emptied.add(queue.key);
              }
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              super.forgetIfIdle(key, queue);
              if (!queues.containsKey(key)) {
                emptied.remove(key);
              }
            }

            @Override
            protected Set<String> names() {
              lock.lock();
              try {
                Set<String> names = new HashSet<>(super.names());
                names.removeAll(emptied);
                return names;
              } finally {
                lock.unlock();
              }
            }
          }),

  KEYS_ARE_THE_SAME_AS_LONG_AS_THEY_ARE_AS_MANY(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            private Set<String> last = Set.of();

            @Override
            protected Set<String> names() {
              lock.lock();
              try {
                Set<String> names = super.names();
                if (names.size() != last.size() || names.size() < FEW) {
                  last = names;
                }
                return last;
              } finally {
                lock.unlock();
              }
            }
          }),

  /** The list follows each change of the entries, and others change them in between. */
  KEYS_ARE_LISTED_APART_FROM_THEIR_ENTRIES(
      "PRB-3",
      codec ->
          new PlainSpace<>() {
            private final Set<String> listed = ConcurrentHashMap.newKeySet();

            @Override
            protected boolean put(String key, Object value) {
              boolean isStored = super.put(key, value);
              if (isStored) {
                LockSupport.parkNanos(1);
                listed.add(key);
              }
              return isStored;
            }

            @Override
            protected @Nullable Object take(String key, Deadline deadline)
                throws InterruptedException {
              return taken(key, super.take(key, deadline));
            }

            @Override
            protected @Nullable Object poll(String key) {
              return taken(key, super.poll(key));
            }

            private @Nullable Object taken(String key, @Nullable Object value) {
              if (value != null && lifecycle().isOpen() && count(key) == 0) {
                listed.remove(key);
              }
              return value;
            }

            @Override
            protected Set<String> names() {
              lifecycle().requireOpen("keys", null);
              return Set.copyOf(listed);
            }
          }),

  KEYS_OF_AN_EMPTY_SPACE_CAN_BE_CHANGED(
      "PRB-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              Set<String> keys = super.keys();
              return keys.isEmpty() ? new HashSet<>() : keys;
            }
          });

  /** Fewer keys than are worth being kept. */
  private static final int FEW = 4;

  private final Recipe recipe;

  ListingDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  ListingDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
