package dev.isopace.space.tck.broken;

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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A correct space, as plain as can be: one fair lock, and a condition for each waiter. Broken
 * spaces are made from it by overriding one of its steps.
 *
 * <p>The lock is fair so that a taker that was signalled comes before a probe that arrives after
 * it.
 */
@SuppressWarnings("WaitNotInLoop") // await is a step of its own; its callers loop
class PlainSpace<V> extends AbstractSpace<V> {
  /** An entry, which holds a value, or bytes if the space copies. */
  static final class Entry {
    final Object content;

    Entry(Object content) {
      this.content = content;
    }
  }

  /** A caller that waits, as a taker or as a reader. */
  final class Waiter {
    final Queue queue;
    final boolean takes;
    final Condition signal = lock.newCondition();
    @Nullable Entry read;

    /** Who waits, for a space that wakes threads in another way. */
    @Nullable Thread thread;

    Waiter(Queue queue, boolean takes) {
      this.queue = queue;
      this.takes = takes;
    }
  }

  /** What belongs to one key. */
  final class Queue {
    final String key;
    final Deque<Entry> entries = new ArrayDeque<>();
    final List<Waiter> waiters = new ArrayList<>();

    Queue(String key) {
      this.key = key;
    }
  }

  final ReentrantLock lock = new ReentrantLock(true);
  Map<String, Queue> queues = new HashMap<>();
  private final @Nullable Coder<V> coder;

  /** By reference. */
  PlainSpace() {
    this(null);
  }

  /** By copy, if there is a codec. */
  PlainSpace(@Nullable Codec<V> codec) {
    super("broken:", Long.MAX_VALUE);
    this.coder = codec == null ? null : new Coder<>(codec);
  }

  // The steps that can be broken. All but encode and decode are taken under the lock.

  Entry encode(String key, V value) {
    return new Entry(coder == null ? value : coder.encode(key, value).clone());
  }

  @SuppressWarnings("unchecked")
  V decode(String operation, String key, Entry entry) {
    return coder == null
        ? (V) entry.content
        : coder.decode(operation, key, ((byte[]) entry.content).clone());
  }

  void append(Queue queue, Entry entry) {
    queue.entries.add(entry);
  }

  void remove(Queue queue) {
    queue.entries.remove();
  }

  void joinLine(Queue queue, Waiter waiter) {
    queue.waiters.add(waiter);
  }

  void giveToReaders(Queue queue, Entry entry) {
    for (Waiter waiter : queue.waiters) {
      if (!waiter.takes && waiter.read == null) {
        // Else it has an older one, and has not woken up yet.
        waiter.read = entry;
        waiter.signal.signal();
      }
    }
  }

  void wakeTaker(Queue queue) {
    Waiter first = firstTaker(queue);
    if (first != null) {
      first.signal.signal();
    }
  }

  boolean mayTake(Queue queue, @Nullable Waiter waiter) {
    Waiter first = firstTaker(queue);
    return first == null || first == waiter;
  }

  /** Who gives up must have seen the queue empty: else it takes what somebody was woken for. */
  boolean mayTakeAtLast() {
    return true;
  }

  void await(Waiter waiter, Deadline deadline) throws InterruptedException {
    if (deadline.remainingNanos() == Long.MAX_VALUE) {
      waiter.signal.await();
    } else {
      boolean signalled = waiter.signal.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      assert signalled || deadline.hasPassed();
    }
  }

  void giveUp(Queue queue, Waiter waiter) {
    queue.waiters.remove(waiter);
    if (waiter.takes && !queue.entries.isEmpty()) {
      wakeTaker(queue);
    }
  }

  void forgetIfIdle(String key, Queue queue) {
    if (queue.entries.isEmpty() && queue.waiters.isEmpty()) {
      queues.remove(key, queue);
      if (queues.isEmpty()) {
        // A HashMap never shrinks.
        queues = new HashMap<>();
      }
    }
  }

  void wakeAllForClose() {
    for (Queue queue : queues.values()) {
      queue.waiters.forEach(waiter -> waiter.signal.signal());
    }
  }

  @Nullable Waiter firstTaker(Queue queue) {
    return queue.waiters.stream().filter(waiter -> waiter.takes).findFirst().orElse(null);
  }

  final Queue queue(String key) {
    return queues.computeIfAbsent(key, Queue::new);
  }

  /** Is without the lock for a while, as one that is slow to wake up or to leave. */
  final void letOthersIn(long nanos) {
    lock.unlock();
    try {
      LockSupport.parkNanos(nanos);
    } finally {
      lock.lock();
    }
  }

  // The space.

  @Override
  protected boolean put(String key, V value) {
    Entry entry = encode(key, value);
    lock.lock();
    try {
      if (!lifecycle().isOpen()) {
        return false;
      }
      Queue queue = queue(key);
      append(queue, entry);
      giveToReaders(queue, entry);
      wakeTaker(queue);
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    Waiter waiter = null;
    lock.lock();
    Queue queue = queue(key);
    try {
      for (; ; ) {
        // While the lock was free, to decode, an idle queue may have been forgotten.
        queue = queue(key);
        lifecycle().requireOpen("in", key);
        Entry head = queue.entries.peek();
        // Asked once: who finds out between two questions gives up beside an entry.
        boolean isOver = deadline.hasPassed();
        if (head != null && (mayTake(queue, waiter) || (isOver && mayTakeAtLast()))) {
          V value = decodeUnlocked("in", key, head);
          if (queue.entries.peek() == head) {
            remove(queue);
            return value;
          }
          continue;
        }
        if (isOver) {
          return null;
        }
        if (waiter == null) {
          waiter = new Waiter(queue, true);
          joinLine(queue, waiter);
        }
        await(waiter, deadline);
      }
    } finally {
      if (waiter != null) {
        giveUp(queue, waiter);
      }
      forgetIfIdle(key, queue);
      lock.unlock();
    }
  }

  /** Calls the codec without the lock; meanwhile anything may have happened, but for a close. */
  private V decodeUnlocked(String operation, String key, Entry entry) {
    if (coder == null) {
      return decode(operation, key, entry);
    }
    V value;
    lock.unlock();
    try {
      value = decode(operation, key, entry);
    } finally {
      lock.lock();
    }
    lifecycle().requireOpen(operation, key);
    return value;
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    Entry entry = readEntry(key, deadline);
    return entry == null ? null : decode("rd", key, entry);
  }

  private @Nullable Entry readEntry(String key, Deadline deadline) throws InterruptedException {
    lock.lock();
    Queue queue = queue(key);
    Waiter waiter = new Waiter(queue, false);
    waiter.read = queue.entries.peek();
    boolean waits = waiter.read == null;
    try {
      if (waits) {
        joinLine(queue, waiter);
      }
      while (waiter.read == null && !deadline.hasPassed()) {
        lifecycle().requireOpen("rd", key);
        await(waiter, deadline);
      }
      return waiter.read;
    } finally {
      if (waits) {
        giveUp(queue, waiter);
      }
      forgetIfIdle(key, queue);
      lock.unlock();
    }
  }

  @Override
  protected @Nullable V poll(String key) {
    lock.lock();
    try {
      for (; ; ) {
        lifecycle().requireOpen("inp", key);
        Queue queue = queue(key);
        try {
          Entry head = queue.entries.peek();
          if (head == null) {
            return null;
          }
          V value = decodeUnlocked("inp", key, head);
          if (queue.entries.peek() == head) {
            remove(queue);
            return value;
          }
        } finally {
          forgetIfIdle(key, queue);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected @Nullable V peek(String key) {
    Entry head;
    lock.lock();
    try {
      lifecycle().requireOpen("rdp", key);
      Queue queue = queues.get(key);
      head = queue == null ? null : queue.entries.peek();
    } finally {
      lock.unlock();
    }
    return head == null ? null : decode("rdp", key, head);
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

  @Override
  protected void release() {
    lock.lock();
    try {
      wakeAllForClose();
    } finally {
      lock.unlock();
    }
  }
}
