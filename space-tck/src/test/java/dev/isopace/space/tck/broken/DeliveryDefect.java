package dev.isopace.space.tck.broken;

import dev.isopace.space.Space;
import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with who gets an entry: nobody, two, or one who is told that there was none.
 */
@SuppressWarnings("ImmutableEnumChecker")
enum DeliveryDefect implements Flaw {
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

  LOSES_ONE_IN_500("FIFO-3", codec -> losingOneIn(500)),

  LOSES_ONE_IN_300000("FIFO-3", codec -> losingOneIn(300_000)),

  DELIVERS_ONE_IN_200_TWICE("FIFO-3", codec -> deliveringTwiceOneIn(200)),

  DELIVERS_ONE_IN_100000_TWICE("FIFO-3", codec -> deliveringTwiceOneIn(100_000)),

  TAKES_AN_EMPTY_VALUE_FOR_NONE(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              return super.inp(key).filter(value -> !value.equals(""));
            }
          }),

  A_TIMED_READER_THAT_WAITED_TAKES_AN_EMPTY_VALUE_FOR_NONE(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              Optional<Object> head = super.rdp(key);
              return head.isPresent()
                  ? super.rd(key, timeout)
                  : super.rd(key, timeout).filter(value -> !value.equals(""));
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

  A_READER_THAT_GIVES_UP_FORGETS_THE_KEY(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private final Set<Thread> readers = ConcurrentHashMap.newKeySet();

            @Override
            protected @Nullable Object read(String key, Deadline deadline)
                throws InterruptedException {
              readers.add(Thread.currentThread());
              try {
                return super.read(key, deadline);
              } finally {
                readers.remove(Thread.currentThread());
              }
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              boolean isIdle = queue.entries.isEmpty() && queue.waiters.isEmpty();
              if (isIdle && readers.contains(Thread.currentThread())) {
                // Looks, and then forgets.
                lock.unlock();
                Delay.pass(Duration.ofNanos(200_000));
                lock.lock();
                queues.remove(key, queue);
              } else {
                super.forgetIfIdle(key, queue);
              }
            }
          }),

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

  RD_WITH_TIMEOUT_0_REMOVES(
      "IN-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              return timeout.isZero() ? super.in(key, timeout) : super.rd(key, timeout);
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

  ENTRIES_EXPIRE_AFTER_TWO_SECONDS(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private final IdentityHashMap<Entry, Long> written = new IdentityHashMap<>();

            @Override
            void append(Queue queue, Entry entry) {
              written.put(entry, System.nanoTime());
              super.append(queue, entry);
            }

            @Override
            protected @Nullable Object peek(String key) {
              expire(key);
              return super.peek(key);
            }

            @Override
            protected @Nullable Object poll(String key) {
              expire(key);
              return super.poll(key);
            }

            private void expire(String key) {
              lock.lock();
              try {
                if (queues.containsKey(key)) {
                  queue(key)
                      .entries
                      .removeIf(e -> System.nanoTime() - written.get(e) > 2_000_000_000L);
                  forgetIfIdle(key, queue(key));
                }
              } finally {
                lock.unlock();
              }
            }
          }),

  A_HEAD_IS_GONE_AFTER_1000_READS(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            private final IdentityHashMap<Object, Integer> reads = new IdentityHashMap<>();

            @Override
            protected @Nullable Object peek(String key) {
              lock.lock();
              try {
                Object head = super.peek(key);
                if (head != null && reads.merge(head, 1, Integer::sum) > 1_000) {
                  remove(queue(key));
                }
                return head;
              } finally {
                lock.unlock();
              }
            }

            @Override
            void remove(Queue queue) {
              reads.remove(queue.entries.element().content);
              super.remove(queue);
            }
          }),

  TAKES_THE_WORD_NULL_FOR_NOTHING(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              return super.inp(key).filter(value -> !value.equals("null"));
            }
          });

  private final Recipe recipe;

  DeliveryDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  private static Space<Object> losingOneIn(int entries) {
    return new PlainSpace<>() {
      private int count;

      @Override
      void append(Queue queue, Entry entry) {
        if (++count % entries != 0) {
          super.append(queue, entry);
        }
      }
    };
  }

  private static Space<Object> deliveringTwiceOneIn(int entries) {
    return new PlainSpace<>() {
      private int count;

      @Override
      void remove(Queue queue) {
        if (++count % entries != 0) {
          super.remove(queue);
        }
      }
    };
  }
}
