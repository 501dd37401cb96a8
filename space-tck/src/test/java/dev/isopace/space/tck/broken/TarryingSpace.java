package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.spi.Deadline;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A correct space of which each call takes up to five milliseconds before it does anything. */
class TarryingSpace<V> extends PlainSpace<V> {
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** How it passes the time. */
  enum Pastime {
    /** By a sleep. */
    SLEEP,

    /** By a sleep, and everybody else has to wait for it. */
    SLEEP_UNDER_LOCK,

    /** As one that waits for an answer. */
    PARK
  }

  private final Pastime pastime;

  TarryingSpace(@Nullable Codec<V> codec, Pastime pastime) {
    super(codec);
    this.pastime = pastime;
  }

  private interface Step<T extends @Nullable Object> {
    T go() throws InterruptedException;
  }

  /** A step that an interrupt ends before it has begun. */
  private <T extends @Nullable Object> T late(Step<T> step) throws InterruptedException {
    if (pastime == Pastime.SLEEP_UNDER_LOCK) {
      lock.lock();
    }
    try {
      long nanos = ThreadLocalRandom.current().nextLong(LONGEST_NANOS);
      if (pastime == Pastime.PARK) {
        LockSupport.parkNanos(nanos);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      } else {
        TimeUnit.NANOSECONDS.sleep(nanos);
      }
      return step.go();
    } finally {
      if (pastime == Pastime.SLEEP_UNDER_LOCK) {
        lock.unlock();
      }
    }
  }

  /** Lets the time pass before a step that takes no notice of an interrupt. */
  private void tarry() {
    Delay.pass(Duration.ofNanos(ThreadLocalRandom.current().nextLong(LONGEST_NANOS)));
  }

  @Override
  protected boolean put(String key, V value) {
    tarry();
    return super.put(key, value);
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    return this.<@Nullable V>late(() -> super.take(key, deadline));
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    return this.<@Nullable V>late(() -> super.read(key, deadline));
  }

  @Override
  protected @Nullable V poll(String key) {
    tarry();
    return super.poll(key);
  }

  @Override
  protected @Nullable V peek(String key) {
    tarry();
    return super.peek(key);
  }

  @Override
  protected long count(String key) {
    tarry();
    return super.count(key);
  }

  @Override
  protected Set<String> names() {
    tarry();
    return super.names();
  }
}
