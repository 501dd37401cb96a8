package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What can be wrong with interrupts, and with the flag that tells of them. */
@SuppressWarnings({"ImmutableEnumChecker", "WaitNotInLoop"}) // await is called in loops
enum InterruptDefect implements Flaw {
  RETURNS_AN_ENTRY_ALTHOUGH_INTERRUPTED(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object rd(String key) throws InterruptedException {
              Optional<Object> head = super.rdp(key);
              return head.isPresent() ? head.get() : super.rd(key);
            }
          }),

  WAITS_UNINTERRUPTIBLY(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) {
              if (deadline.remainingNanos() == Long.MAX_VALUE) {
                waiter.signal.awaitUninterruptibly();
              } else {
                letOthersIn(100_000);
              }
            }
          }),

  A_TAKER_THAT_HAS_LOST_A_RACE_WAITS_UNINTERRUPTIBLY(
      "IN-5",
      codec ->
          new ParkingSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                if (!hasLost(waiter)) {
                  throw e;
                }
              }
            }
          }),

  LEAVES_THE_FLAG_SET(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              try {
                return super.in(key);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw e;
              }
            }
          }),

  CLEARS_THE_FLAG_WHEN_IT_RETURNS_AN_ENTRY(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              Object taken = super.in(key);
              Thread.interrupted();
              return taken;
            }
          }),

  OUT_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              Thread.interrupted();
              return super.out(key, value);
            }
          }),

  INP_WANTS_NO_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              try {
                return super.in(key, Duration.ZERO);
              } catch (InterruptedException e) {
                return Optional.empty();
              }
            }
          }),

  A_PROBE_IN_VAIN_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              Optional<Object> head = super.rdp(key);
              return head.isEmpty() && Thread.interrupted() ? Optional.empty() : head;
            }
          }),

  CLOSE_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              super.close();
              Thread.interrupted();
            }
          }),

  AN_INTERRUPT_ENDS_THE_NEXT_WAIT_TOO(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            private final Set<String> interrupted = new HashSet<>();

            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              String key = waiter.queue.key;
              if (interrupted.remove(key)) {
                throw new InterruptedException("of a wait before");
              }
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                interrupted.add(key);
                throw e;
              }
            }
          }),

  OUT_CLEARS_THE_FLAG_WHERE_SOMEBODY_WAITS(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            protected boolean put(String key, Object value) {
              boolean waits;
              lock.lock();
              try {
                Queue queue = queues.get(key);
                waits = queue != null && !queue.waiters.isEmpty();
              } finally {
                lock.unlock();
              }
              boolean done = super.put(key, value);
              if (waits) {
                Thread.interrupted();
              }
              return done;
            }
          }),

  A_WAIT_WHOSE_TIME_IS_OVER_CLEARS_THE_FLAG(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            void await(Waiter waiter, Deadline deadline) throws InterruptedException {
              try {
                super.await(waiter, deadline);
              } catch (InterruptedException e) {
                if (!deadline.hasPassed()) {
                  throw e;
                }
              }
              if (deadline.hasPassed()) {
                Thread.interrupted();
              }
            }
          }),

  LEN_CLEARS_A_FLAG_THAT_IS_SET_MEANWHILE(
      "IN-5",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public long len(String key) {
              boolean wasSet = Thread.currentThread().isInterrupted();
              try {
                Delay.letOthersRun();
                return super.len(key);
              } finally {
                if (!wasSet) {
                  Thread.interrupted();
                }
              }
            }
          }),

  A_WAIT_AFTER_ONE_THAT_WAS_INTERRUPTED_IS_EMPTY_AT_ONCE(
      "IN-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Set<Thread> interrupted = ConcurrentHashMap.newKeySet();

            @Override
            public Object in(String key) throws InterruptedException {
              try {
                return super.in(key);
              } catch (InterruptedException e) {
                interrupted.add(Thread.currentThread());
                throw e;
              }
            }

            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              boolean wakes = interrupted.remove(Thread.currentThread());
              return super.in(key, wakes ? Duration.ZERO : timeout);
            }
          }),

  OUT_LOSES_THE_FLAG_WHERE_IT_WAITS_FOR_A_LOCK(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            protected boolean put(String key, Object value) {
              if (!lock.tryLock()) {
                try {
                  lock.lockInterruptibly();
                } catch (InterruptedException e) {
                  lock.lock();
                }
              }
              try {
                return super.put(key, value);
              } finally {
                lock.unlock();
              }
            }
          }),

  CLOSE_CLEARS_THE_FLAG_WHERE_SOMEBODY_WAITS(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            void wakeAllForClose() {
              super.wakeAllForClose();
              if (queues.values().stream().anyMatch(queue -> !queue.waiters.isEmpty())) {
                Thread.interrupted();
              }
            }
          }),

  RDP_LEN_AND_KEYS_LOSE_THE_FLAG_WHERE_THEY_WAIT_FOR_A_LOCK(
      "IN-5",
      codec ->
          new PlainSpace<>() {
            @Override
            protected @Nullable Object peek(String key) {
              loseFlagIfLocked();
              return super.peek(key);
            }

            @Override
            protected long count(String key) {
              loseFlagIfLocked();
              return super.count(key);
            }

            @Override
            protected Set<String> names() {
              loseFlagIfLocked();
              return super.names();
            }

            private void loseFlagIfLocked() {
              if (lock.isLocked()) {
                Thread.interrupted();
              }
            }
          });

  private final Recipe recipe;

  InterruptDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
