package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What can be wrong with what a space forgets, which is to be all that was taken or given up. */
@SuppressWarnings("ImmutableEnumChecker")
enum MemoryDefect implements Flaw {
  NEVER_FORGETS_A_KEY(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            @Override
            void forgetIfIdle(String key, Queue queue) {}
          }),

  REMEMBERS_WAITERS_WHOSE_TIME_WAS_OVER(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private final List<Waiter> remembered = new ArrayList<>();

            @Override
            void giveUp(Queue queue, Waiter waiter) {
              if (waiter.takes && queue.entries.isEmpty()) {
                remembered.add(waiter);
              }
              super.giveUp(queue, waiter);
            }
          }),

  REMEMBERS_KEYS_THAT_WERE_WAITED_ON(
      "PRB-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<String> waitedOn = ConcurrentHashMap.newKeySet();

            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              waitedOn.add(key);
              return super.rd(key, timeout);
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

  INP_IN_VAIN_LEAVES_ITS_KEY(
      "PRB-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<String> tried = ConcurrentHashMap.newKeySet();

            @Override
            public Optional<Object> inp(String key) {
              Optional<Object> head = super.inp(key);
              if (head.isEmpty()) {
                tried.add(key);
              }
              return head;
            }
          }),

  A_WAIT_WHOSE_TIME_IS_OVER_LEAVES_ITS_KEY(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private final Set<String> waitedOn = new HashSet<>();

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              if (deadline.hasPassed()) {
                waitedOn.add(waiter.queue.key);
              }
            }
          }),

  A_TAKER_THAT_WAS_SERVED_LEAVES_ITS_KEY(
      "PRB-4",
      codec ->
          new PlainSpace<>() {
            private boolean isServed;

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              super.await(waiter, deadline);
              isServed = waiter.takes && !waiter.queue.entries.isEmpty();
            }

            @Override
            void forgetIfIdle(String key, Queue queue) {
              if (!isServed) {
                super.forgetIfIdle(key, queue);
              }
              isServed = false;
            }
          }),

  A_KEY_THAT_IS_REFUSED_IS_NOT_FORGOTTEN(
      "PRB-4",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<String> written = ConcurrentHashMap.newKeySet();

            @Override
            public boolean out(String key, Object value) {
              if (key == null || value == null) {
                return super.out(key, value);
              }
              written.add(key);
              boolean done = super.out(key, value);
              written.remove(key);
              return done;
            }
          }),

  AN_OUT_WHOSE_CODEC_FAILED_LEAVES_ITS_KEY(
      Recipe.copying(
          "PRB-4",
          codec ->
              new PlainSpace<>(codec) {
                @Override
                Entry encode(String key, Object value) {
                  lock.lock();
                  try {
                    queue(key);
                  } finally {
                    lock.unlock();
                  }
                  return super.encode(key, value);
                }
              }));

  private final Recipe recipe;

  MemoryDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  MemoryDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
