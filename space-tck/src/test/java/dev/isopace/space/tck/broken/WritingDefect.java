package dev.isopace.space.tck.broken;

import dev.isopace.space.Space;
import dev.isopace.space.spi.Deadline;
import java.util.concurrent.locks.LockSupport;

/** What can be wrong with out, and with the readers that it wakes. */
@SuppressWarnings("ImmutableEnumChecker")
enum WritingDefect implements Flaw {
  OUT_RETURNS_FALSE(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              return !super.out(key, value);
            }
          }),

  OUT_WAITS_FOR_ROOM("OUT-1", codec -> withRoomFor(100)),

  OUT_WAITS_FOR_ROOM_BEHIND_10000("OUT-1", codec -> withRoomFor(10_000)),

  OUT_DROPS_WHAT_COMES_BEHIND_50000(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              return len(key) >= 50_000 || super.out(key, value);
            }
          }),

  OUT_DROPS_WHAT_COMES_BEHIND_100000(
      "OUT-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              return len(key) >= 100_000 || super.out(key, value);
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

  A_READER_THAT_WAKES_PREFERS_WHAT_IS_THERE_THEN(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              // Slow to wake up: meanwhile others write.
              letOthersIn(200_000);
              if (waiter.read != null && !waiter.queue.entries.isEmpty()) {
                waiter.read = waiter.queue.entries.peek();
              }
            }
          }),

  AN_INTERRUPT_ENDS_A_READ_THAT_HAS_ITS_ENTRY(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!waiter.takes && Thread.interrupted()) {
                throw new InterruptedException();
              }
            }
          }),

  A_READER_THAT_WAKES_WHEN_ITS_TIME_IS_OVER_HAS_NOTHING(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              // Slow to wake up: meanwhile its time passes.
              letOthersIn(100_000);
              if (deadline.hasPassed()) {
                waiter.read = null;
              }
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

  WAKES_32_READERS_AT_MOST("OUT-2", codec -> wakingReaders(32)),

  WAKES_64_READERS_AT_MOST("OUT-2", codec -> wakingReaders(64)),

  WAKES_256_READERS_AT_MOST("OUT-2", codec -> wakingReaders(256)),

  READERS_BEHIND_THE_EIGHTH_LOOK_WHEN_THEY_WAKE(
      "OUT-2",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              int given = 0;
              for (Waiter waiter : queue.waiters) {
                if (!waiter.takes && waiter.read == null) {
                  waiter.read = given++ < 8 ? entry : null;
                  waiter.signal.signal();
                }
              }
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!waiter.takes && waiter.read == null) {
                letOthersIn(100_000);
                waiter.read = waiter.queue.entries.peek();
              }
            }
          }),

  OUT_WAITS_FOR_THE_TAKER_THAT_IT_WAKES(
      Recipe.copying(
          "OUT-1",
          codec ->
              new PlainSpace<>(codec) {
                @Override
                protected boolean put(String key, Object value) {
                  boolean done = super.put(key, value);
                  lock.lock();
                  try {
                    while (queues.containsKey(key)
                        && !queue(key).entries.isEmpty()
                        && firstTaker(queue(key)) != null) {
                      letOthersIn(100_000);
                    }
                  } finally {
                    lock.unlock();
                  }
                  return done;
                }
              })),

  OUT_DROPS_WHAT_IS_BEYOND_16_MEBIBYTES(
      "OUT-1",
      codec ->
          new PlainSpace<>() {
            private long size;

            @Override
            void append(Queue queue, Entry entry) {
              if (size + size(entry) <= 16 << 20) {
                size += size(entry);
                super.append(queue, entry);
              }
            }

            @Override
            void remove(Queue queue) {
              size -= size(queue.entries.element());
              super.remove(queue);
            }

            private int size(Entry entry) {
              return entry.content instanceof String text ? text.length() : 0;
            }
          });

  private final Recipe recipe;

  WritingDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  WritingDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  /** A space of which out waits while a key has so many entries. */
  private static Space<Object> withRoomFor(int most) {
    return new ForwardingSpace<>(new PlainSpace<>()) {
      @Override
      public boolean out(String key, Object value) {
        while (len(key) >= most) {
          LockSupport.parkNanos(1_000_000);
        }
        return super.out(key, value);
      }
    };
  }

  /** A space of which out wakes so many readers at most. */
  private static Space<Object> wakingReaders(int most) {
    return new PlainSpace<>() {
      @Override
      void giveToReaders(Queue queue, Entry entry) {
        int left = most;
        for (Waiter waiter : queue.waiters) {
          if (!waiter.takes && waiter.read == null && left-- > 0) {
            waiter.read = entry;
            waiter.signal.signal();
          }
        }
      }
    };
  }
}
