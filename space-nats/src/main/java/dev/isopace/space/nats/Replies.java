package dev.isopace.space.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscription to replies, which is read by the threads that wait for them: one of them at a
 * time, its own replies and those of the others, whom it wakes. So a reply to a thread that is
 * alone wakes that thread and no other. A dispatcher, which is what the client library has for
 * this, is one more thread to be woken for each reply, and on a machine that is busy, that is what
 * a call costs most.
 *
 * <p>Invariant: if threads wait for replies, one of them reads, or was unparked in order to; who
 * ends reading wakes another. One that waits behind a reader that does not get a processor (it may
 * be a virtual thread behind others that compute) reads as well after a moment, and again whenever
 * it has waited for twice as long, so that many that wait for long cost little; the subscription's
 * queue may be read by several.
 *
 * <p>What becomes of a request otherwise, that the connection broke for instance, unparks only
 * those that do not read; the one that does sees it when it looks around, many times a second, as
 * long as it waits for a reply and not longer.
 */
final class Replies {
  private static final long LOOK_AROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long CROWDED_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  private final Link link;
  private final Subscription subscription;
  private final Consumer<Message> receiver;
  private final AtomicBoolean isBeingRead = new AtomicBoolean();

  /** Those that wait behind the reader, by the order in which they came; there may be thousands. */
  private final NavigableMap<Long, Thread> behind = new ConcurrentSkipListMap<>();

  private final AtomicLong arrivals = new AtomicLong();

  /** Subscribes; each reply is given to the receiver, by any of the threads that wait. */
  Replies(Link link, String subject, Consumer<Message> receiver) {
    this.link = link;
    this.receiver = receiver;
    this.subscription = subscribe(link.connection(), subject);
    // What waits here is what was asked for; a reply that is dropped puts somebody in doubt.
    subscription.setPendingLimits(0, 0);
  }

  private static Subscription subscribe(Connection connection, String subject) {
    Subscription[] made = {null};
    Sending.surely(
        () -> made[0] = connection.subscribe(subject),
        () -> {
          Subscription undone = made[0];
          if (undone != null) {
            undone.unsubscribe();
          }
        });
    return made[0];
  }

  /**
   * Waits until a condition holds that replies bring about, or the time is over, and returns
   * whether it holds. Any other code that makes it hold must unpark the thread.
   *
   * @param call an interrupt ends the wait if the call is one that waits for an entry; otherwise,
   *     and if this is null, the flag is set again at the end
   */
  boolean await(@Nullable Call call, BooleanSupplier condition, long nanos)
      throws InterruptedException {
    long begun = System.nanoTime();
    long end = begun + Math.min(nanos, Long.MAX_VALUE / 2);
    try {
      return Interrupts.await(
          call,
          () -> {
            while (!condition.getAsBoolean()) {
              long left = end - System.nanoTime();
              if (left <= 0) {
                return false;
              }
              // With the flag set neither a read nor a park would wait.
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              if (isBeingRead.compareAndSet(false, true)) {
                readUntil(condition, end);
              } else {
                waitBehind(condition, left, System.nanoTime() - begun);
              }
            }
            return true;
          });
    } finally {
      wakeNextReader();
    }
  }

  private void readUntil(BooleanSupplier condition, long end) throws InterruptedException {
    try {
      for (long left = end - System.nanoTime();
          left > 0 && !condition.getAsBoolean();
          left = end - System.nanoTime()) {
        // Another one that waits may read this one's reply, if it takes this one to be stuck.
        read(
            Duration.ofNanos(Math.min(left, behind.isEmpty() ? LOOK_AROUND_NANOS : CROWDED_NANOS)));
      }
    } finally {
      isBeingRead.set(false);
    }
  }

  /** Reads one reply; returns whether there was one. */
  private boolean read(Duration patience) throws InterruptedException {
    Message reply;
    try {
      reply = subscription.nextMessage(patience);
    } catch (IllegalStateException | NullPointerException e) {
      // The connection is closed, or just being closed, which the library does not expect here.
      // Those who wait are told.
      LockSupport.parkNanos(this, patience.toNanos());
      // With the flag set the next park would not wait.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return false;
    }
    if (reply != null) {
      receiver.accept(reply);
    }
    return reply != null;
  }

  private void waitBehind(BooleanSupplier condition, long left, long waited)
      throws InterruptedException {
    long stuck = Math.max(STUCK_NANOS, Math.min(waited, LONGEST_STUCK_NANOS));
    long place = arrivals.incrementAndGet();
    behind.put(place, Thread.currentThread());
    long begun = System.nanoTime();
    try {
      if (isBeingRead.get() && !condition.getAsBoolean()) {
        LockSupport.parkNanos(this, Math.min(left, stuck));
      }
    } finally {
      behind.remove(place);
    }
    if (System.nanoTime() - begun >= stuck) {
      while (!condition.getAsBoolean() && read(AT_ONCE)) {
        // The reader may not have got a processor.
      }
    }
  }

  private void wakeNextReader() {
    // Who comes writes its place, then looks whether somebody reads: here in the other order, and
    // the map's own reads may overtake a write.
    VarHandle.fullFence();
    Map.Entry<Long, Thread> next = behind.firstEntry();
    if (next != null && !isBeingRead.get()) {
      LockSupport.unpark(next.getValue());
    }
  }

  /** Ends the subscription; all that wait look around. */
  void close() {
    behind.values().forEach(LockSupport::unpark);
    if (link.connection().getStatus() != Connection.Status.CLOSED) {
      try {
        Sending.aside(subscription::unsubscribe);
      } catch (IllegalStateException e) {
        // Closed by now, with all its subscriptions; or the library's queue is full, and it has
        // ended here alone.
      }
    }
  }
}
