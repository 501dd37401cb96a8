package dev.isopace.space.tck.broken;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What can be wrong with looks at what is there: the probes and len. */
@SuppressWarnings("ImmutableEnumChecker")
enum ProbeDefect implements Flaw {
  RDP_IS_EMPTY_WHILE_THE_SPACE_IS_BUSY(
      "PRB-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              super.append(queue, entry);
              Delay.letOthersRun();
            }

            @Override
            protected @Nullable Object peek(String key) {
              return lock.isLocked() || lock.hasQueuedThreads() ? null : super.peek(key);
            }
          }),

  INP_GIVES_UP_AFTER_A_LOST_RACE(
      "PRB-1",
      codec ->
          new PlainSpace<>() {
            @Override
            protected @Nullable Object poll(String key) {
              Object seen = peek(key);
              Delay.letOthersRun();
              lock.lock();
              try {
                return seen != null
                        && queue(key).entries.peek() != null
                        && seen.equals(queue(key).entries.element().content)
                    ? super.poll(key)
                    : null;
              } finally {
                lock.unlock();
              }
            }
          }),

  INP_GIVES_UP_AFTER_THREE_LOST_RACES(
      Recipe.copying(
          "PRB-1",
          codec ->
              new PlainSpace<>(codec) {
                @Override
                protected @Nullable Object poll(String key) {
                  for (int i = 0; i < 3; i++) {
                    Entry head = head(key);
                    if (head == null) {
                      return null;
                    }
                    Object value = decode("inp", key, head);
                    if (removeIfHead(key, head)) {
                      return value;
                    }
                  }
                  return null;
                }

                private @Nullable Entry head(String key) {
                  lock.lock();
                  try {
                    lifecycle().requireOpen("inp", key);
                    Queue queue = queues.get(key);
                    return queue == null ? null : queue.entries.peek();
                  } finally {
                    lock.unlock();
                  }
                }

                private boolean removeIfHead(String key, Entry head) {
                  lock.lock();
                  try {
                    lifecycle().requireOpen("inp", key);
                    Queue queue = queue(key);
                    boolean isHead = queue.entries.peek() == head;
                    if (isHead) {
                      remove(queue);
                    }
                    forgetIfIdle(key, queue);
                    return isHead;
                  } finally {
                    lock.unlock();
                  }
                }
              })),

  INP_WAITS(
      "PRB-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              try {
                return super.in(key, Duration.ofDays(1));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
              }
            }
          }),

  RD_WITH_TIMEOUT_0_IS_EMPTY_WHILE_THE_SPACE_IS_BUSY(
      "PRB-1",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              super.append(queue, entry);
              Delay.letOthersRun();
            }

            @Override
            protected @Nullable Object peek(String key) {
              boolean timed =
                  Arrays.stream(new Throwable().getStackTrace())
                      .anyMatch(frame -> frame.getMethodName().equals("rd"));
              return timed && (lock.isLocked() || lock.hasQueuedThreads()) ? null : super.peek(key);
            }
          }),

  LEN_IS_NO_MORE_THAN_1000(
      "PRB-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public long len(String key) {
              return Math.min(1_000, super.len(key));
            }
          }),

  LEN_COUNTS_WAITERS(
      "PRB-2",
      codec ->
          new PlainSpace<>() {
            @Override
            protected long count(String key) {
              lock.lock();
              try {
                return super.count(key) - queue(key).waiters.size();
              } finally {
                lock.unlock();
              }
            }
          }),

  LEN_IS_A_SUM_OF_TWO_INSTANTS(
      "PRB-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final AtomicInteger written = new AtomicInteger();
            private final AtomicInteger taken = new AtomicInteger();

            @Override
            public boolean out(String key, Object value) {
              written.incrementAndGet();
              return super.out(key, value);
            }

            @Override
            public Optional<Object> inp(String key) {
              Optional<Object> head = super.inp(key);
              head.ifPresent(value -> taken.incrementAndGet());
              return head;
            }

            @Override
            public long len(String key) {
              long minuend = written.get();
              LockSupport.parkNanos(100_000);
              return minuend - taken.get();
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

  INP_WAITS_FOR_50_MILLISECONDS(
      "PRB-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              Optional<Object> head = super.inp(key);
              if (head.isEmpty()) {
                Delay.pass(Duration.ofMillis(50));
                head = super.inp(key);
              }
              return head;
            }
          }),

  RDP_WAITS_FOR_20_MILLISECONDS_WHERE_SOMEBODY_WAITS(
      "PRB-1",
      codec ->
          new PlainSpace<>() {
            @Override
            protected @Nullable Object peek(String key) {
              lock.lock();
              try {
                if (queues.containsKey(key) && !queue(key).waiters.isEmpty()) {
                  letOthersIn(20_000_000);
                }
                return super.peek(key);
              } finally {
                lock.unlock();
              }
            }
          }),

  RD_WITH_TIMEOUT_0_SEES_WHAT_IT_SAW_BEFORE(
      "FIFO-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Map<String, Optional<Object>> seen = new ConcurrentHashMap<>();
            private volatile long looked = System.nanoTime();

            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              if (!timeout.isZero()) {
                return super.rd(key, timeout);
              }
              if (System.nanoTime() - looked > 50_000) {
                seen.clear();
                looked = System.nanoTime();
              }
              Optional<Object> head = seen.get(key);
              if (head == null) {
                head = super.rd(key, timeout);
                seen.put(key, head);
              }
              return head;
            }
          });

  private final Recipe recipe;

  ProbeDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  ProbeDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
