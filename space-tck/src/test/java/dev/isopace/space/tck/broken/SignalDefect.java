package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be wrong with signals: lost, too few, or with one who gives up. */
@SuppressWarnings("ImmutableEnumChecker")
enum SignalDefect implements Flaw {
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

  WHAT_AN_INTERRUPTED_TAKER_LEAVES_GOES_TO_THE_END(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private boolean isInterrupted;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                isInterrupted = true;
                // Slow to leave: meanwhile others write.
                letOthersIn(200_000);
                throw e;
              }
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (isInterrupted && waiter.takes && !queue.entries.isEmpty()) {
                queue.entries.addLast(queue.entries.removeFirst());
              }
              isInterrupted = false;
              super.giveUp(queue, waiter);
            }
          }),

  WHOSE_TIME_IS_OVER_STAYS_IN_LINE(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (!waiter.takes || !queue.entries.isEmpty() || queue.waiters.size() < 2) {
                super.giveUp(queue, waiter);
              }
            }
          }),

  A_READER_WHOSE_TIME_IS_OVER_EATS_THE_SIGNAL(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private boolean isOver;

            @Override
            void wakeTaker(Queue queue) {
              // Readers pass the signal on when they leave, unless their time is over.
              if (queue.waiters.stream().allMatch(waiter -> waiter.takes)) {
                super.wakeTaker(queue);
              }
            }

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (!waiter.takes && deadline.hasPassed()) {
                // Slow to leave: meanwhile others write.
                letOthersIn(100_000);
                isOver = true;
              }
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              super.giveUp(queue, waiter);
              if (!waiter.takes && !isOver) {
                super.wakeTaker(queue);
              }
              isOver = false;
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

  OF_KEYS_OF_EQUAL_HASH_ONE_IS_WOKEN(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private final Map<Integer, Queue> waitedOn = new HashMap<>();

            @Override
            void joinLine(Queue queue, Waiter waiter) {
              waitedOn.put(queue.key.hashCode(), queue);
              super.joinLine(queue, waiter);
            }

            @Override
            void wakeTaker(Queue queue) {
              super.wakeTaker(waitedOn.getOrDefault(queue.key.hashCode(), queue));
            }
          }),

  A_LINE_HOLDS_256_TAKERS(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void joinLine(Queue queue, Waiter waiter) {
              if (!waiter.takes || queue.waiters.size() < 256) {
                super.joinLine(queue, waiter);
              }
            }
          }),

  FORGETS_WHO_HAS_WAITED_FOR_THREE_SECONDS(
      "IN-2",
      codec ->
          new PlainSpace<>() {
            private final Map<Waiter, Long> begun = new HashMap<>();

            @Override
            void joinLine(Queue queue, Waiter waiter) {
              begun.put(waiter, System.nanoTime());
              super.joinLine(queue, waiter);
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              begun.remove(waiter);
              super.giveUp(queue, waiter);
            }

            @Override
            void giveToReaders(Queue queue, Entry entry) {
              queue.waiters.removeIf(this::isForgotten);
              super.giveToReaders(queue, entry);
            }

            private boolean isForgotten(Waiter waiter) {
              return System.nanoTime() - begun.get(waiter) > 3_000_000_000L;
            }
          }),

  FORGETS_WHO_WAITS_AFTER_10000_ENTRIES_OF_OTHER_KEYS(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private final Map<Waiter, Integer> begun = new HashMap<>();
            private int written;

            @Override
            void joinLine(Queue queue, Waiter waiter) {
              begun.put(waiter, written);
              super.joinLine(queue, waiter);
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              begun.remove(waiter);
              super.giveUp(queue, waiter);
            }

            @Override
            void append(Queue queue, Entry entry) {
              written++;
              queue.waiters.removeIf(waiter -> written - begun.get(waiter) > 10_000);
              super.append(queue, entry);
            }
          }),

  A_TAKER_THAT_GIVES_UP_TAKES_THE_READERS_ALONG(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveUp(Queue queue, Waiter waiter) {
              super.giveUp(queue, waiter);
              if (waiter.takes && queue.entries.isEmpty() && firstTaker(queue) == null) {
                queues.remove(queue.key, queue);
              }
            }
          }),

  A_TAKER_WHOSE_TIME_IS_OVER_PASSES_A_SIGNAL_ON_TO_ONE_BUT_NOT_TO_TWO(
      "IN-6",
      codec ->
          new PlainSpace<>() {
            private @Nullable Waiter leaving;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (waiter.takes && deadline.hasPassed()) {
                // Slow to leave: meanwhile others write.
                letOthersIn(100_000);
                leaving = waiter;
              }
            }

            @Override
            boolean mayTake(Queue queue, @Nullable Waiter waiter) {
              return leaving == null && super.mayTake(queue, waiter);
            }

            @Override
            boolean mayTakeAtLast() {
              return leaving == null;
            }

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (waiter == leaving && queue.waiters.size() > 2) {
                queue.waiters.remove(waiter);
              } else {
                super.giveUp(queue, waiter);
              }
              leaving = null;
            }
          });

  private final Recipe recipe;

  SignalDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
