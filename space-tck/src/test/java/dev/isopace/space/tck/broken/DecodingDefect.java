package dev.isopace.space.tck.broken;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What can be wrong with entries that cannot be decoded, and with whoever finds that out. */
@SuppressWarnings("ImmutableEnumChecker")
enum DecodingDefect implements Flaw {
  CLAIMS_THE_HEAD_WHILE_IT_DECODES(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            private final Map<String, Integer> claimed = new ConcurrentHashMap<>();

            @Override
            Object decode(String operation, String key, Entry entry) {
              if (operation.startsWith("rd")) {
                return super.decode(operation, key, entry);
              }
              claim(key, () -> queue(key).entries.remove(entry), 1);
              try {
                return super.decode(operation, key, entry);
              } finally {
                claim(key, () -> queue(key).entries.addFirst(entry), -1);
              }
            }

            private void claim(String key, Runnable change, int count) {
              lock.lock();
              try {
                change.run();
                claimed.merge(key, count, Integer::sum);
              } finally {
                lock.unlock();
              }
            }

            @Override
            protected long count(String key) {
              return super.count(key) + claimed.getOrDefault(key, 0);
            }

            @Override
            protected Set<String> names() {
              Set<String> names = new HashSet<>(super.names());
              claimed.forEach((key, count) -> names.addAll(count > 0 ? Set.of(key) : Set.of()));
              return names;
            }
          }),

  PASSES_ON_SPACE_EXCEPTIONS_OF_THE_CODEC(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              try {
                return super.decode(operation, key, entry);
              } catch (SpaceException e) {
                throw e.getCause() instanceof SpaceException passed ? passed : e;
              }
            }
          }),

  IN_WITH_TIMEOUT_0_DROPS_WHAT_IT_CANNOT_DECODE(
      "ARG-4",
      codec -> {
        ThreadLocal<Boolean> probes = ThreadLocal.withInitial(() -> false);
        PlainSpace<Object> space =
            new PlainSpace<>(codec) {
              @Override
              Object decode(String operation, String key, Entry entry) {
                try {
                  return super.decode(operation, key, entry);
                } catch (SpaceException e) {
                  lock.lock();
                  try {
                    if (probes.get()) {
                      queue(key).entries.remove(entry);
                    }
                  } finally {
                    lock.unlock();
                  }
                  throw e;
                }
              }
            };
        return new ForwardingSpace<>(space) {
          @Override
          public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
            probes.set(timeout.isZero());
            try {
              return super.in(key, timeout);
            } finally {
              probes.remove();
            }
          }
        };
      }),

  WHO_COULD_NOT_DECODE_STAYS_IN_LINE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            private final Set<Thread> failed = ConcurrentHashMap.newKeySet();

            @Override
            Object decode(String operation, String key, Entry entry) {
              failed.add(Thread.currentThread());
              Object value = super.decode(operation, key, entry);
              failed.remove(Thread.currentThread());
              return value;
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              // The last one that failed stays; those before it let the next one try.
              if (!failed.remove(Thread.currentThread()) || queue.waiters.size() > 1) {
                super.giveUp(queue, waiter);
              }
            }
          }),

  ONE_READER_DECODES_FOR_ALL_WHO_WAITED(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            private final Map<Entry, Object> decoded = new ConcurrentHashMap<>();
            private final Set<Thread> waited = ConcurrentHashMap.newKeySet();

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!waiter.takes) {
                waited.add(Thread.currentThread());
              }
            }

            @Override
            Object decode(String operation, String key, Entry entry) {
              return waited.remove(Thread.currentThread())
                  ? decoded.computeIfAbsent(entry, e -> super.decode(operation, key, e))
                  : super.decode(operation, key, entry);
            }
          });

  private final Recipe recipe;

  DecodingDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
