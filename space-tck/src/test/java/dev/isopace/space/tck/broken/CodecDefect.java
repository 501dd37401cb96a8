package dev.isopace.space.tck.broken;

import dev.isopace.space.SpaceException;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What can be wrong with values on their way through the codec. */
@SuppressWarnings("ImmutableEnumChecker")
enum CodecDefect implements Flaw {
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

  AN_OUT_THAT_FAILS_PUTS_WHO_WAITS_OUT_OF_LINE(
      Recipe.copying(
          "IN-6",
          codec ->
              new PlainSpace<>(codec) {
                @Override
                Entry encode(String key, Object value) {
                  try {
                    return super.encode(key, value);
                  } catch (SpaceException e) {
                    lock.lock();
                    try {
                      queue(key).waiters.clear();
                    } finally {
                      lock.unlock();
                    }
                    throw e;
                  }
                }
              })),

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

  OUT_DECODES_FOR_WHO_WAITS(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              if (!queue.waiters.isEmpty()) {
                decode("rd", queue.key, entry);
              }
              super.giveToReaders(queue, entry);
            }
          }),

  ENCODES_AGAIN_FOR_WHO_WAITS(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            protected boolean put(String key, Object value) {
              boolean waits;
              lock.lock();
              try {
                waits = !queue(key).waiters.isEmpty();
              } finally {
                lock.unlock();
              }
              if (waits) {
                codec.encode(value);
              }
              return super.put(key, value);
            }
          }),

  PASSES_ON_WHAT_THE_CODEC_THROWS(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              return new Entry(codec.encode(value).clone());
            }
          }),

  DECODES_TO_NULL_WITHOUT_A_WORD(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              return codec.decode(((byte[]) entry.content).clone());
            }
          }),

  DOES_NOT_NAME_THE_KEY_THAT_IT_COULD_NOT_ENCODE(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              return super.encode("?", value);
            }
          }),

  A_PROBE_CALLS_THE_CODEC_IN_VAIN(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            protected @Nullable Object poll(String key) {
              Object taken = super.poll(key);
              if (taken == null) {
                codec.decode(new byte[0]);
              }
              return taken;
            }
          }),

  DECODES_UNDER_ITS_LOCK_FOR_WHO_WAITED(
      "ARG-4",
      codec ->
          new PlainSpace<>(codec) {
            private final Set<Thread> waited = ConcurrentHashMap.newKeySet();

            @Override
            void joinLine(Queue queue, Waiter waiter) {
              waited.add(Thread.currentThread());
              super.joinLine(queue, waiter);
            }

            @Override
            Object decode(String operation, String key, Entry entry) {
              if (!waited.remove(Thread.currentThread())) {
                return super.decode(operation, key, entry);
              }
              lock.lock();
              try {
                return super.decode(operation, key, entry);
              } finally {
                lock.unlock();
              }
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

  /** So another entry may have the number of the one that was decoded, and be removed for it. */
  NUMBERS_ENTRIES_ANEW_ONCE_A_KEY_IS_EMPTY(
      Recipe.copying(
          "FIFO-3",
          codec ->
              new PlainSpace<>(codec) {
                private final Map<Queue, Integer> removed = new WeakHashMap<>();

                @Override
                void remove(Queue queue) {
                  removed.merge(queue, 1, Integer::sum);
                  super.remove(queue);
                }

                @Override
                protected @Nullable Object poll(String key) {
                  for (; ; ) {
                    Entry head;
                    int number;
                    lock.lock();
                    try {
                      lifecycle().requireOpen("inp", key);
                      Queue queue = queues.get(key);
                      if (queue == null || queue.entries.isEmpty()) {
                        return null;
                      }
                      head = queue.entries.element();
                      number = removed.getOrDefault(queue, 0);
                    } finally {
                      lock.unlock();
                    }
                    Object value = decode("inp", key, head);
                    if (removeHead(key, number)) {
                      return value;
                    }
                  }
                }

                private boolean removeHead(String key, int number) {
                  lock.lock();
                  try {
                    lifecycle().requireOpen("inp", key);
                    Queue queue = queues.get(key);
                    if (queue == null
                        || queue.entries.isEmpty()
                        || removed.getOrDefault(queue, 0) != number) {
                      return false;
                    }
                    remove(queue);
                    forgetIfIdle(key, queue);
                    return true;
                  } finally {
                    lock.unlock();
                  }
                }
              }));

  private final Recipe recipe;

  CodecDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  CodecDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
