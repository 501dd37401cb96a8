package dev.isopace.space.tck.broken;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What can be wrong with values on their way through the codec, and with copies. */
@SuppressWarnings("ImmutableEnumChecker")
enum CodecDefect implements Flaw {
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

  WHO_WAITS_SHARES_WITH_WHO_WRITES(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              lock.lock();
              try {
                boolean waits = !queue(key).waiters.isEmpty();
                return waits ? new Entry(codec.encode(value)) : super.encode(key, value);
              } finally {
                lock.unlock();
              }
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
          });

  private final Recipe recipe;

  CodecDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
