package dev.isopace.space.tck.broken;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Coder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the calls of a space that is closed. */
@SuppressWarnings("ImmutableEnumChecker")
enum ClosedDefect implements Flaw {
  CLOSED_SPACE_STILL_GIVES(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              return closed ? Optional.empty() : super.rdp(key);
            }
          }),

  SECOND_CLOSE_THROWS(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public void close() {
              if (closed) {
                throw new SpaceClosedException("closed");
              }
              super.close();
            }
          }),

  A_CLOSED_SPACE_HAS_NO_KEYS(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Set<String> keys() {
              try {
                return super.keys();
              } catch (SpaceClosedException e) {
                return Set.of();
              }
            }
          }),

  A_TIMED_PROBE_OF_A_CLOSED_SPACE_IS_EMPTY(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              try {
                return super.rd(key, timeout);
              } catch (SpaceClosedException e) {
                if (timeout.isZero()) {
                  return Optional.empty();
                }
                throw e;
              }
            }
          }),

  INTERRUPT_COMES_BEFORE_CLOSED(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object rd(String key) throws InterruptedException {
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              return super.rd(key);
            }
          }),

  AN_ENTRY_COMES_BEFORE_CLOSED(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Map<String, Object> heads = new ConcurrentHashMap<>();

            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (done) {
                heads.put(key, value);
              }
              return done;
            }

            @Override
            public Optional<Object> inp(String key) {
              try {
                return super.inp(key);
              } catch (SpaceClosedException e) {
                Object left = heads.remove(key);
                if (left != null) {
                  return Optional.of(left);
                }
                throw e;
              }
            }
          }),

  A_CLOSED_HANDLE_CLEARS_THE_FLAG(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> in(String key, Duration timeout) throws InterruptedException {
              try {
                return super.in(key, timeout);
              } catch (SpaceClosedException e) {
                Thread.interrupted();
                throw e;
              }
            }
          }),

  /** A thread looks whether the handle is open now and then only. */
  WHO_HAS_JUST_COUNTED_TAKES_A_CLOSED_HANDLE_FOR_OPEN(
      "CLS-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Glances glances = new Glances();
            private volatile long count;

            @Override
            public long len(String key) {
              try {
                count = super.len(key);
                glances.seenOpen();
              } catch (SpaceClosedException e) {
                if (!glances.haveJustSeenOpen()) {
                  throw e;
                }
              }
              return count;
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_THROWS(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              if (!super.out(key, value)) {
                throw new SpaceClosedException("closed");
              }
              return true;
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_IS_TRUE(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              super.out(key, value);
              return true;
            }
          }),

  OUT_IS_TRUE_TO_WHO_HAS_WRITTEN_JUST_BEFORE_CLOSE(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Glances glances = new Glances();
            private volatile @Nullable Thread closer;

            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (done) {
                glances.seenOpen();
              }
              return done || (glances.haveJustSeenOpen() && closer != Thread.currentThread());
            }

            @Override
            public void close() {
              closer = Thread.currentThread();
              super.close();
            }
          }),

  KEEPS_WHAT_IS_WRITTEN_TOO_LATE(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            private final Queue<Object> late = new ConcurrentLinkedQueue<>();

            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (!done) {
                late.add(value);
              }
              return done;
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_CALLS_THE_CODEC(
      Recipe.copying(
          "OUT-3",
          codec ->
              new ForwardingSpace<>(new PlainSpace<>(codec)) {
                @Override
                public boolean out(String key, Object value) {
                  if (closed && value != null) {
                    new Coder<>(codec).encode(key, value);
                  }
                  return super.out(key, value);
                }
              })),

  OUT_ON_A_CLOSED_HANDLE_CLEARS_THE_FLAG(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (!done) {
                Thread.interrupted();
              }
              return done;
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_STARTS_A_THREAD(
      "OUT-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              boolean done = super.out(key, value);
              if (!done) {
                Thread late = new Thread(() -> Delay.pass(Duration.ofSeconds(2)));
                late.setDaemon(true);
                late.start();
              }
              return done;
            }
          });

  /** What each thread remembers of a handle, which is open for it for a while yet. */
  private static final class Glances {
    private static final long WHILE = Duration.ofMillis(5).toNanos();

    private final Map<Thread, Long> seen = new ConcurrentHashMap<>();

    void seenOpen() {
      seen.put(Thread.currentThread(), System.nanoTime());
    }

    boolean haveJustSeenOpen() {
      Long last = seen.get(Thread.currentThread());
      return last != null && System.nanoTime() - last < WHILE;
    }
  }

  private final Recipe recipe;

  ClosedDefect(String rule, Recipe.Maker maker) {
    this(Recipe.of(rule, maker));
  }

  ClosedDefect(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }
}
