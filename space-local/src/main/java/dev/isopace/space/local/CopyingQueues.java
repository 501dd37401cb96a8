package dev.isopace.space.local;

import dev.isopace.space.local.CopyingQueue.CopyingLine;
import dev.isopace.space.local.CopyingQueue.CopyingWaiter;
import dev.isopace.space.local.CopyingQueue.Entry;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The engine of entries that are kept encoded: a queue of entries and two lines of waiters for each
 * key. It is made to be right and plain, not fast, since the codec costs more than it does; {@link
 * KeyedQueues} is the fast one.
 *
 * <h2>Structure</h2>
 *
 * <p>Keys are spread over stripes. A stripe is a lock and a map from key to {@link CopyingQueue}. A
 * queue is in the map while it holds an entry or a waiter, and leaves it under the same hold of the
 * lock that takes the last of them away; so an idle key costs nothing, and nobody can wait at a
 * queue that has left. No code of the user's runs under a lock, and nobody waits under one.
 *
 * <p>Every operation takes effect at one instant within a hold of the stripe's lock, which is its
 * linearization point: {@code put} where it appends or hands over; {@code take} and {@code poll}
 * where they remove, or where somebody hands to them; {@code read} and {@code peek} where they see
 * the head, or where it is handed to them; a call that ends empty, where it found no entry as it
 * gave up.
 *
 * <h2>Entries that must be decoded</h2>
 *
 * <p>The algorithm is that of {@code dev.isopace.space.store.Takers}, which claims an entry first
 * and removes it once that is durable; here it is removed at once.
 *
 * <p>An entry must be decoded, by the user's codec, before it is taken: if that fails it stays at
 * the head, as if nobody had tried. Handing it over first and putting it back would let others see
 * the key without it meanwhile. So whoever wants to take looks at the head, decodes it outside the
 * lock, and takes the lock again to remove it, if it is still the head (by identity, so that an
 * equal value in its place is not mistaken for it):
 *
 * <ul>
 *   <li>What was decoded while takers are in line goes to the first of them, whoever decoded it. So
 *       nobody overtakes the line, however slowly its first wakes up or decodes.
 *   <li>The first taker in line has the <em>turn</em> while the key holds an entry: it is to try.
 *       Whoever leaves the front of the line passes the turn on. Invariant: if a key holds entries
 *       and takers wait, the first of them has its turn flag set, or is awake and will look at the
 *       head again before it parks.
 *   <li>A call that tried for the head and did not get it (another removed it first, or somebody
 *       was in line) joins the line and tries on from there, a probe too. Each head that is removed
 *       from then on serves somebody before it, or itself; so nobody fails for ever because others
 *       decode faster. A probe is in line only while the key holds an entry: whoever removes the
 *       last one sends it away, so that it gets nothing that a later taker began to wait for.
 *   <li>A taker whose time is over gives up only at an instant when the key holds no entry. Else it
 *       tries, from its place in the line, since the first in line may be a slow one.
 * </ul>
 *
 * <p>A taker in line that has neither the turn nor a reason of its own to try waits for those
 * before it, also while one of them runs a slow codec: waking all of them would decode the same
 * head as often as there are takers.
 *
 * <h2>Rejected</h2>
 *
 * <p>A ConcurrentHashMap with a lock in each queue, for the reasons that {@link KeyedQueues} gives.
 * A condition per key: waking is then not direct, and order among takers is lost between the signal
 * and the lock.
 *
 * @param <V> what takers receive
 */
final class CopyingQueues<V> {
  /** Turns an entry into what its taker receives; may run the user's code, and may fail. */
  interface Decoder<V> {
    V decode(String operation, String key, byte[] bytes);
  }

  private static volatile boolean isRehearsed;

  private final List<CopyingStripe<V>> stripes =
      Stream.generate(CopyingStripe<V>::new).limit(KeyedQueues.STRIPES).toList();
  private final Lifecycle lifecycle;
  private final Decoder<V> decoder;

  /**
   * Creates an engine that holds no keys.
   *
   * @param lifecycle of the handle; once it is closed, {@link #close} must follow
   * @param decoder how to turn entries into values
   */
  CopyingQueues(Lifecycle lifecycle, Decoder<V> decoder) {
    this(lifecycle, decoder, isRehearsed);
  }

  private CopyingQueues(Lifecycle lifecycle, Decoder<V> decoder, boolean isReady) {
    this.lifecycle = lifecycle;
    this.decoder = decoder;
    if (!isReady) {
      rehearse();
    }
  }

  /** Goes through what happens to a caller in line, for the reason that KeyedQueues gives. */
  private void rehearse() {
    boolean isInterrupted = Thread.interrupted();
    try {
      CopyingQueues<byte[]> queues =
          new CopyingQueues<>(lifecycle, (operation, key, bytes) -> bytes, true);
      CopyingWaiter<byte[]> taker = new CopyingWaiter<>(true);
      CopyingWaiter<byte[]> reader = new CopyingWaiter<>(true);
      queues.takeOrJoin("in", "k", taker);
      queues.peekOrJoin("rd", "k", reader);
      queues.put("k", new byte[1]);
      queues.await("rd", "k", reader, CopyingQueues::readers, Deadline.NEVER);
      queues.takeInLine("in", "k", taker);
      queues.takeOrJoin("in", "k", new CopyingWaiter<>(true));
      queues.peekOrJoin("rd", "k", new CopyingWaiter<>(true));
      queues.close();
      queues.take("k", Deadline.after(KeyedQueues.REHEARSED_WAIT));
      queues.read("k", Deadline.after(KeyedQueues.REHEARSED_WAIT));
      CopyingWaiter<byte[]> interrupted = new CopyingWaiter<>(true);
      queues.takeOrJoin("in", "k", interrupted);
      queues.leave("k", interrupted, CopyingQueues::takers, true);
      Lifecycle.interrupted("in", "k");
      isRehearsed = true;
    } catch (InterruptedException e) {
      isInterrupted = true;
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  boolean put(String key, byte[] value) {
    Tenacity.requireStack();
    CopyingStripe<V> stripe = stripe(key);
    // Nothing of what follows the readers' leaving needs memory: they would not be woken.
    Entry entry = new Entry(value);
    CopyingWaiter<byte[]> readers;
    CopyingWaiter<V> taker;
    Tenacity.lock(stripe.lock);
    try {
      if (!lifecycle.isOpen()) {
        return false;
      }
      CopyingQueue<V> queue = stripe.obtain(key);
      readers = queue.readers.serveAll(value);
      taker = queue.takers.first();
      queue.append(entry);
      if (taker != null) {
        taker.turn = true;
      }
    } finally {
      stripe.lock.unlock();
    }
    unparkAll(readers);
    unpark(taker);
    return true;
  }

  @Nullable V poll(String key) {
    CopyingWaiter<V> waiter = new CopyingWaiter<>(false);
    V value = takeOrJoin("inp", key, waiter);
    return value == null && waiter.turn ? takeInLine("inp", key, waiter) : value;
  }

  @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    CopyingWaiter<V> waiter = new CopyingWaiter<>(true);
    V value = takeOrJoin("in", key, waiter);
    while (value == null) {
      if (!await("in", key, waiter, CopyingQueues::takers, deadline)) {
        return null;
      }
      value = waiter.received != null ? waiter.received : takeInLine("in", key, waiter);
    }
    return value;
  }

  byte @Nullable [] peek(String key) {
    return peekOrJoin("rdp", key, null);
  }

  byte @Nullable [] read(String key, Deadline deadline) throws InterruptedException {
    CopyingWaiter<byte[]> waiter = new CopyingWaiter<>(true);
    byte[] entry = peekOrJoin("rd", key, waiter);
    if (entry == null && await("rd", key, waiter, CopyingQueues::readers, deadline)) {
      entry = waiter.received;
    }
    return entry;
  }

  long count(String key) {
    Tenacity.requireStack();
    CopyingStripe<V> stripe = stripe(key);
    Tenacity.lock(stripe.lock);
    try {
      lifecycle.requireOpen("len", key);
      CopyingQueue<V> queue = stripe.find(key);
      return queue == null ? 0 : queue.size();
    } finally {
      stripe.lock.unlock();
    }
  }

  Set<String> names() {
    Tenacity.requireStack();
    Set<String> names = new HashSet<>();
    for (CopyingStripe<V> stripe : stripes) {
      Tenacity.lock(stripe.lock);
      try {
        lifecycle.requireOpen("keys", null);
        for (CopyingQueue<V> queue : stripe.queues()) {
          if (queue.head() != null) {
            names.add(queue.key);
          }
        }
      } finally {
        stripe.lock.unlock();
      }
    }
    return names;
  }

  /**
   * Wakes all waiters and drops all entries. The lifecycle has been closed: nothing can be added.
   */
  void close() {
    // By index: there may be no memory for an iterator.
    for (int i = 0; i < stripes.size(); i++) {
      close(stripes.get(i));
    }
  }

  /** Closes a stripe, for as often as that fails: nobody closes it later, or those behind it. */
  private void close(CopyingStripe<V> stripe) {
    while (true) {
      Tenacity.lock(stripe.lock);
      try {
        stripe.close();
        return;
      } catch (OutOfMemoryError e) {
        // Not expected; nor would anything be lost.
        Thread.onSpinWait();
      } finally {
        stripe.lock.unlock();
      }
    }
  }

  /**
   * Takes the head, unless there is none or another is served with it. Then it returns null, and
   * the waiter has joined the line of takers: with the turn if it is to try again; without, at the
   * instant at which there was no entry, and only if it stays.
   */
  private @Nullable V takeOrJoin(String operation, String key, CopyingWaiter<V> waiter) {
    Tenacity.requireStack();
    CopyingStripe<V> stripe = stripe(key);
    Entry head;
    Tenacity.lock(stripe.lock);
    try {
      lifecycle.requireOpen(operation, key);
      CopyingQueue<V> queue = stripe.find(key);
      head = queue == null ? null : queue.head();
      if (queue == null || head == null) {
        if (waiter.stays) {
          stripe.obtain(key).takers.add(waiter);
        }
        return null;
      }
    } finally {
      stripe.lock.unlock();
    }
    V value = decoder.decode(operation, key, head.value);
    return removeOrJoin(stripe, operation, key, waiter, head, value) ? value : null;
  }

  /**
   * Removes an entry that the caller, who is in no line, has decoded: for the caller, if nobody is
   * in line, and then returns true; else for the first in line. False also if it is no longer the
   * head. Where it returns false, the caller has joined the line: with the turn if there is another
   * entry; without, if there is none, and then only if it stays.
   */
  private boolean removeOrJoin(
      CopyingStripe<V> stripe,
      String operation,
      String key,
      CopyingWaiter<V> waiter,
      Entry tried,
      V value) {
    CopyingWaiter<V> first = null;
    CopyingWaiter<V> next = null;
    Tenacity.lock(stripe.lock);
    try {
      lifecycle.requireOpen(operation, key);
      CopyingQueue<V> queue = stripe.obtain(key);
      if (queue.head() == tried) {
        queue.removeHead();
        first = queue.takers.first();
        if (first == null) {
          stripe.forgetIfIdle(queue);
          return true;
        }
        handOver(queue, first, value);
        next = passTurn(queue);
      }
      boolean more = queue.head() != null;
      if (more || waiter.stays) {
        queue.takers.add(waiter);
        waiter.turn = more;
      }
      stripe.forgetIfIdle(queue);
    } finally {
      stripe.lock.unlock();
    }
    unpark(first);
    unpark(next);
    return false;
  }

  /**
   * Tries for the head from a place in the line of takers, until the waiter is served or there is
   * no entry. Then it returns null, and the waiter is in line still, unless it is a probe.
   */
  private @Nullable V takeInLine(String operation, String key, CopyingWaiter<V> waiter) {
    CopyingStripe<V> stripe = stripe(key);
    for (; ; ) {
      Entry head;
      Tenacity.lock(stripe.lock);
      try {
        waiter.turn = false;
        if (isServed(waiter)) {
          return waiter.missed ? null : requireReceived(operation, key, waiter);
        }
        head = stripe.require(key).head();
        if (head == null) {
          return null;
        }
      } finally {
        stripe.lock.unlock();
      }
      V value;
      try {
        value = decoder.decode(operation, key, head.value);
      } catch (RuntimeException | Error e) {
        if (leaveFailed(stripe, key, waiter, head)) {
          throw e;
        }
        continue;
      }
      if (removeInLine(stripe, key, waiter, head, value)) {
        return value;
      }
    }
  }

  /**
   * Removes an entry that a taker in line has decoded, for the first in line, and returns whether
   * that is this one. False also if the waiter was served meanwhile, or the head is another.
   */
  private boolean removeInLine(
      CopyingStripe<V> stripe, String key, CopyingWaiter<V> waiter, Entry tried, V value) {
    CopyingWaiter<V> first;
    CopyingWaiter<V> next;
    Tenacity.lock(stripe.lock);
    try {
      if (isServed(waiter)) {
        return false;
      }
      CopyingQueue<V> queue = stripe.require(key);
      if (queue.head() != tried) {
        return false;
      }
      queue.removeHead();
      first = Objects.requireNonNull(queue.takers.first());
      handOver(queue, first, value);
      next = passTurn(queue);
      stripe.forgetIfIdle(queue);
    } finally {
      stripe.lock.unlock();
    }
    if (first != waiter) {
      unpark(first);
    }
    if (next != waiter) {
      unpark(next);
    }
    return first == waiter;
  }

  /**
   * Leaves the line, having failed to decode the head. False if that does not count: the waiter was
   * served meanwhile, or the head is another.
   */
  private boolean leaveFailed(
      CopyingStripe<V> stripe, String key, CopyingWaiter<V> waiter, Entry tried) {
    CopyingWaiter<V> next;
    Tenacity.lock(stripe.lock);
    try {
      if (isServed(waiter)) {
        return false;
      }
      CopyingQueue<V> queue = stripe.require(key);
      if (queue.head() != tried) {
        return false;
      }
      queue.takers.remove(waiter);
      next = passTurn(queue);
    } finally {
      stripe.lock.unlock();
    }
    unpark(next);
    return true;
  }

  /**
   * Reads the head, or returns null if there is none. Then the waiter, if one was given, has joined
   * the line.
   */
  private byte @Nullable [] peekOrJoin(
      String operation, String key, @Nullable CopyingWaiter<byte[]> waiter) {
    Tenacity.requireStack();
    CopyingStripe<V> stripe = stripe(key);
    Tenacity.lock(stripe.lock);
    try {
      lifecycle.requireOpen(operation, key);
      CopyingQueue<V> queue = stripe.find(key);
      Entry head = queue == null ? null : queue.head();
      if (head == null && waiter != null) {
        stripe.obtain(key).readers.add(waiter);
      }
      return head == null ? null : head.value;
    } finally {
      stripe.lock.unlock();
    }
  }

  private interface LineOf<V, T> {
    CopyingLine<T> in(CopyingQueue<V> queue);
  }

  private static <V> CopyingLine<byte[]> readers(CopyingQueue<V> queue) {
    return queue.readers;
  }

  private static <V> CopyingLine<V> takers(CopyingQueue<V> queue) {
    return queue.takers;
  }

  /**
   * Waits in line until the waiter was served or has the turn. False if the deadline has passed;
   * then it has left the line.
   */
  private <T> boolean await(
      String operation, String key, CopyingWaiter<T> waiter, LineOf<V, T> line, Deadline deadline)
      throws InterruptedException {
    try {
      return awaitInLine(operation, key, waiter, line, deadline);
    } catch (Error e) {
      // Not expected; but in line, it would be given an entry that nobody gets, or keep the turn.
      if (leave(key, waiter, line, true)) {
        throw e;
      }
      return awaitInLine(operation, key, waiter, line, deadline); // It has been served.
    }
  }

  private <T> boolean awaitInLine(
      String operation, String key, CopyingWaiter<T> waiter, LineOf<V, T> line, Deadline deadline)
      throws InterruptedException {
    for (; ; ) {
      if (waiter.received != null) {
        return true;
      }
      if (waiter.closed) {
        throw lifecycle.closed(operation, key);
      }
      if (Thread.interrupted()) {
        if (leave(key, waiter, line, true)) {
          throw Lifecycle.interrupted(operation, key);
        }
        waiter.thread.interrupt();
      } else if (waiter.turn) {
        return true;
      } else if (!deadline.hasPassed()) {
        deadline.park(this);
      } else if (leave(key, waiter, line, false)) {
        return false;
      }
    }
  }

  /**
   * Leaves the line without an entry. False if the waiter was served before it could leave. Also
   * false, unless it must leave, if there is an entry to try for; then it has the turn.
   */
  private <T> boolean leave(
      String key, CopyingWaiter<T> waiter, LineOf<V, T> line, boolean atAnyPrice) {
    CopyingStripe<V> stripe = stripe(key);
    CopyingWaiter<V> next;
    Tenacity.lock(stripe.lock);
    try {
      if (isServed(waiter)) {
        return false;
      }
      if (!waiter.inLine) {
        return true;
      }
      CopyingQueue<V> queue = stripe.require(key);
      if (!atAnyPrice && queue.head() != null) {
        waiter.turn = true;
        return false;
      }
      line.in(queue).remove(waiter);
      next = passTurn(queue);
      stripe.forgetIfIdle(queue);
    } finally {
      stripe.lock.unlock();
    }
    unpark(next);
    return true;
  }

  /**
   * Gives the turn to the first taker in line if there is an entry to try for, and returns that
   * taker, to be woken. If there is no entry, no probe remains in line.
   */
  private @Nullable CopyingWaiter<V> passTurn(CopyingQueue<V> queue) {
    if (queue.head() == null) {
      queue.takers.dismissProbes();
      return null;
    }
    CopyingWaiter<V> first = queue.takers.first();
    if (first != null) {
      first.turn = true;
    }
    return first;
  }

  private static <T> void handOver(CopyingQueue<T> queue, CopyingWaiter<T> taker, T value) {
    queue.takers.remove(taker);
    taker.received = value;
  }

  private static boolean isServed(CopyingWaiter<?> waiter) {
    return waiter.closed || waiter.missed || waiter.received != null;
  }

  private <T> T requireReceived(String operation, String key, CopyingWaiter<T> waiter) {
    T received = waiter.received;
    if (received == null) {
      throw lifecycle.closed(operation, key);
    }
    return received;
  }

  private static void unparkAll(@Nullable CopyingWaiter<?> chain) {
    for (CopyingWaiter<?> waiter = chain; waiter != null; waiter = waiter.next()) {
      Tenacity.unpark(waiter.thread);
    }
  }

  private static void unpark(@Nullable CopyingWaiter<?> waiter) {
    if (waiter != null) {
      Tenacity.unpark(waiter.thread);
    }
  }

  private CopyingStripe<V> stripe(String key) {
    return stripes.get(KeyedQueues.hash(key) >>> KeyedQueues.SHIFT);
  }
}
