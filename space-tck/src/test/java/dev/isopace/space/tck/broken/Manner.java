package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How a space may behave that keeps every rule. The suite must not fail any of these. */
@SuppressWarnings("WaitNotInLoop") // a step of a space, called in its loops
enum Manner {
  /** Takers are served in the order in which they came, also before one that does not wait. */
  FAIR {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new PlainSpace<>(codec);
    }
  },

  /** A taker that comes while an entry is there takes it before the one that is just waking. */
  UNFAIR {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new PlainSpace<>(codec) {
        @Override
        boolean mayTake(Queue queue, @Nullable Waiter waiter) {
          return waiter == null || super.mayTake(queue, waiter);
        }
      };
    }
  },

  /**
   * It takes milliseconds to open, and now and then nothing happens for one: before it writes, and
   * after it has woken.
   */
  SLOW {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
      return new PlainSpace<>(codec) {
        @Override
        Entry encode(String key, V value) {
          dawdle();
          return super.encode(key, value);
        }

        @Override
        V decode(String operation, String key, Entry entry) {
          dawdle();
          return super.decode(operation, key, entry);
        }

        @Override
        void await(Waiter waiter, Deadline deadline) throws InterruptedException {
          super.await(waiter, deadline);
          lock.unlock();
          try {
            dawdle();
          } finally {
            lock.lock();
          }
        }

        private void dawdle() {
          if (ThreadLocalRandom.current().nextInt(64) == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
          }
        }
      };
    }
  },

  /** Each call sleeps for up to five milliseconds before it does anything. */
  SLEEPING {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new TarryingSpace<>(codec, TarryingSpace.Pastime.SLEEP);
    }
  },

  /** As {@link #SLEEPING}, and whoever is to wait sleeps under the lock. */
  SLEEPING_UNDER_LOCK {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new TarryingSpace<>(codec, TarryingSpace.Pastime.SLEEP_UNDER_LOCK);
    }
  },

  /** Each call waits for up to five milliseconds, not yet for an entry, before it does anything. */
  TRAVELLING {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new TarryingSpace<>(codec, TarryingSpace.Pastime.PARK);
    }
  },

  /** Every change takes ten milliseconds, and one waits for the other. */
  LABORIOUS {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new PlainSpace<>(codec) {
        @Override
        void append(Queue queue, Entry entry) {
          Delay.pass(CHANGE);
          super.append(queue, entry);
        }

        @Override
        void remove(Queue queue) {
          Delay.pass(CHANGE);
          super.remove(queue);
        }
      };
    }
  },

  /** Close wakes everybody at once, and then has something to do before it returns. */
  CLOSING_SLOWLY {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new PlainSpace<>(codec) {
        @Override
        protected void release() {
          super.release();
          Delay.pass(CLOSE);
        }
      };
    }
  },

  /** One that is interrupted where an entry is does not know whether it has removed it. */
  DOUBTFUL {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new PlainSpace<>(codec) {
        @Override
        void await(Waiter waiter, Deadline deadline) throws InterruptedException {
          try {
            super.await(waiter, deadline);
          } catch (InterruptedException e) {
            Queue queue = waiter.queue;
            if (!waiter.takes || queue.entries.isEmpty() || !mayTake(queue, waiter)) {
              throw e;
            }
            if (ThreadLocalRandom.current().nextBoolean()) {
              remove(queue);
            }
            throw new IndeterminateException(
                Arguments.call("in", queue.key) + " may have taken an entry");
          }
        }
      };
    }
  },

  /** A waiter wakes up for nothing, a few times. */
  WAKING_SPURIOUSLY {
    @Override
    <V> PlainSpace<V> open(@Nullable Codec<V> codec) {
      return new PlainSpace<>(codec) {
        @Override
        void await(Waiter waiter, Deadline deadline) throws InterruptedException {
          if (ThreadLocalRandom.current().nextInt(4) > 0) {
            waiter.signal.awaitNanos(
                Math.min(deadline.remainingNanos(), TimeUnit.MICROSECONDS.toNanos(50)));
          } else {
            super.await(waiter, deadline);
          }
        }
      };
    }
  };

  private static final Duration CHANGE = Duration.ofMillis(10);
  private static final Duration CLOSE = Duration.ofMillis(1_800);

  /** Opens one: by reference, or, with a codec, by copy. */
  abstract <V> PlainSpace<V> open(@Nullable Codec<V> codec);
}
