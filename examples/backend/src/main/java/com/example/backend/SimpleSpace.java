package com.example.backend;

import dev.isopace.space.Codec;
import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * As plain as a space can be that keeps every rule: one lock for all, and for each caller that
 * waits a condition of its own. It keeps the bytes that the codec makes, and so is COPYING.
 *
 * <p>What is easily got wrong, and by which rule that is noticed:
 *
 * <ul>
 *   <li>The user's codec is called without the lock; the entry is removed only after it was
 *       decoded, and only if it is still the head (ARG-4, FIFO-3).
 *   <li>A reader is given the entry by {@code out} itself: when it wakes, somebody may have taken
 *       the entry already (OUT-2). It keeps the first one that it was given (FIFO-2).
 *   <li>Takers are served in the order in which they came; one that gives up passes the signal on
 *       that it may have been sent (IN-6, IN-8).
 *   <li>A taker whose time is over does not go away empty while an entry is there, although
 *       somebody before it has been woken for that one (FIFO-2).
 *   <li>A key without entries and waiters leaves nothing behind, not even room in the map (PRB-4).
 * </ul>
 */
@SuppressWarnings("WaitNotInLoop") // the loops are those of the callers
final class SimpleSpace<V> extends AbstractSpace<V> {
  /** A caller that waits; a reader until it has been given what it returns. */
  private final class Waiter {
    final boolean takes;
    final Condition signal = lock.newCondition();
    byte @Nullable [] given;

    Waiter(boolean takes) {
      this.takes = takes;
    }

    /** Returns when it is signalled, when the deadline has passed, or for no reason at all. */
    void await(Deadline deadline) throws InterruptedException {
      signal.awaitNanos(deadline.remainingNanos());
    }
  }

  /** What belongs to a key. */
  private final class Queue {
    final Deque<byte[]> entries = new ArrayDeque<>();
    final List<Waiter> waiters = new ArrayList<>();

    @Nullable Waiter firstTaker() {
      return waiters.stream().filter(waiter -> waiter.takes).findFirst().orElse(null);
    }

    void wakeFirstTaker() {
      Waiter first = firstTaker();
      if (first != null) {
        first.signal.signal();
      }
    }
  }

  /** Fair: a taker that was woken comes before a probe that calls after that. */
  private final ReentrantLock lock = new ReentrantLock(true);

  private final Coder<V> coder;
  private Map<String, Queue> queues = new HashMap<>();

  SimpleSpace(String name, Codec<V> codec) {
    super(name, Long.MAX_VALUE);
    this.coder = new Coder<>(codec);
  }

  private Queue queue(String key) {
    return queues.computeIfAbsent(key, absent -> new Queue());
  }

  private void forgetIfIdle(String key) {
    Queue queue = queues.get(key);
    if (queue != null && queue.entries.isEmpty() && queue.waiters.isEmpty()) {
      queues.remove(key);
      if (queues.isEmpty()) {
        // A HashMap never shrinks.
        queues = new HashMap<>();
      }
    }
  }

  @Override
  protected boolean put(String key, V value) {
    // Codec.of(value -> value, ...), say, returns the caller's own array (CPY-1).
    byte[] bytes = coder.encode(key, value).clone();
    lock.lock();
    try {
      if (!lifecycle().isOpen()) {
        return false;
      }
      Queue queue = queue(key);
      queue.entries.add(bytes);
      for (Waiter waiter : queue.waiters) {
        if (!waiter.takes && waiter.given == null) {
          waiter.given = bytes;
          waiter.signal.signal();
        }
      }
      queue.wakeFirstTaker();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    Waiter waiter = new Waiter(true);
    lock.lock();
    try {
      for (; ; ) {
        lifecycle().requireOpen("in", key);
        // Looked up again each time: while the lock was free an idle queue may have been forgotten.
        Queue queue = queue(key);
        byte[] head = queue.entries.peek();
        Waiter first = queue.firstTaker();
        // Asked once: with two questions, the time could end between them, and an entry be missed.
        boolean isOver = deadline.hasPassed();
        boolean isItsTurn = first == null || first == waiter || isOver;
        if (head != null && isItsTurn) {
          V value = decode("in", key, head);
          if (removeHead(key, head)) {
            return value;
          }
        } else if (isOver) {
          return null;
        } else {
          if (!queue.waiters.contains(waiter)) {
            queue.waiters.add(waiter);
          }
          waiter.await(deadline);
        }
      }
    } finally {
      leave(key, waiter);
      lock.unlock();
    }
  }

  /**
   * Calls the codec. Called with the lock, and returns with it; it is free in between, so that
   * anything may have changed.
   */
  private V decode(String operation, String key, byte[] bytes) {
    lock.unlock();
    try {
      return coder.decode(operation, key, bytes.clone());
    } finally {
      lock.lock();
    }
  }

  private boolean removeHead(String key, byte[] head) {
    Queue queue = queues.get(key);
    if (queue == null || queue.entries.peek() != head) {
      return false;
    }
    queue.entries.remove();
    return true;
  }

  private void leave(String key, Waiter waiter) {
    Queue queue = queue(key);
    if (queue.waiters.remove(waiter) && waiter.takes && !queue.entries.isEmpty()) {
      queue.wakeFirstTaker();
    }
    forgetIfIdle(key);
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    byte[] bytes = readBytes(key, deadline);
    return bytes == null ? null : coder.decode("rd", key, bytes.clone());
  }

  private byte @Nullable [] readBytes(String key, Deadline deadline) throws InterruptedException {
    Waiter waiter = new Waiter(false);
    lock.lock();
    try {
      lifecycle().requireOpen("rd", key);
      Queue queue = queue(key);
      waiter.given = queue.entries.peek();
      if (waiter.given == null) {
        queue.waiters.add(waiter);
      }
      while (waiter.given == null && !deadline.hasPassed()) {
        waiter.await(deadline);
        if (waiter.given == null) {
          lifecycle().requireOpen("rd", key);
        }
      }
      return waiter.given;
    } finally {
      leave(key, waiter);
      lock.unlock();
    }
  }

  @Override
  protected @Nullable V poll(String key) {
    lock.lock();
    try {
      for (; ; ) {
        lifecycle().requireOpen("inp", key);
        Queue queue = queues.get(key);
        byte[] head = queue == null ? null : queue.entries.peek();
        if (head == null) {
          return null;
        }
        V value = decode("inp", key, head);
        if (removeHead(key, head)) {
          return value;
        }
      }
    } finally {
      forgetIfIdle(key);
      lock.unlock();
    }
  }

  @Override
  protected @Nullable V peek(String key) {
    byte[] head;
    lock.lock();
    try {
      lifecycle().requireOpen("rdp", key);
      Queue queue = queues.get(key);
      head = queue == null ? null : queue.entries.peek();
    } finally {
      lock.unlock();
    }
    return head == null ? null : coder.decode("rdp", key, head.clone());
  }

  @Override
  protected long count(String key) {
    lock.lock();
    try {
      lifecycle().requireOpen("len", key);
      Queue queue = queues.get(key);
      return queue == null ? 0 : queue.entries.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected Set<String> names() {
    lock.lock();
    try {
      lifecycle().requireOpen("keys", null);
      Set<String> names = new HashSet<>();
      queues.forEach(
          (key, queue) -> {
            if (!queue.entries.isEmpty()) {
              names.add(key);
            }
          });
      return names;
    } finally {
      lock.unlock();
    }
  }

  /** Closing: the handle is already marked, so that every waiter that wakes up sees it. */
  @Override
  protected void release() {
    lock.lock();
    try {
      for (Queue queue : queues.values()) {
        queue.waiters.forEach(waiter -> waiter.signal.signal());
      }
    } finally {
      lock.unlock();
    }
  }
}
