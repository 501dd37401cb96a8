package dev.isopace.space.local;

import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.spi.VirtualThreads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The engine of entries that are passed by reference: a queue of entries and a line of waiters for
 * each key.
 *
 * <h2>Structure</h2>
 *
 * <pre>
 *   KeyedQueues -- 64 --> Stripe: version (lock and counter at once, {@link SeqLock}), table
 *                           | one per key in use
 *                           v
 *                         Node: key, hash, head entry, {@link Overflow} rest, {@link Line} line
 *                                                                        |
 *                                                            takers, readers ({@link Waiter})
 * </pre>
 *
 * <p>A node is in its table while it holds an entry or a waiter, and leaves it in the critical
 * section that takes the last of them away. So an idle key costs nothing, and nobody can wait at a
 * node that has left: a waiter keeps its node, and need not look it up again.
 *
 * <h2>Where an operation takes effect</h2>
 *
 * <p>A change takes effect within a hold of the stripe's lock: an out where it appends or hands
 * over; a take where it removes the head, or is handed one; a wait that ends empty or interrupted
 * where it leaves the line, and if empty there was no entry then (it first serves those before it,
 * and itself). Look-ups are done ahead of the lock, which is taken by a CAS from the version that
 * the look-up began with, so that it proves the look-up: a pair of out and inp costs two atomic
 * operations. A look at the head, and a probe that finds nothing, take effect where they read the
 * version that they find unchanged afterwards, and write nothing; if the stripe changes all the
 * time they take the lock after some attempts. keys() looks at one stripe after the other.
 *
 * <p>close takes effect at one instant, with all stripes locked (the only place where more than one
 * is, so there is no order to keep): a thread that has seen one key closed sees them all so, since
 * no call asks the lifecycle, which is closed a moment earlier. The tables are emptied then. Hence
 * an operation that finds a node need not ask whether the space is closed, nor whether the key is
 * valid, and most do find one: the checks of the contract are made where nothing was found, in the
 * contract's order.
 *
 * <p>A virtual thread that holds a stripe never leaves its carrier, so that a holder always runs,
 * unless the operating system preempts it. No critical section does what could make it leave; but
 * close waits for locks while it holds others. There it spins: otherwise threads that are pinned
 * could have all carriers, and wait there for what it holds.
 *
 * <h2>Memory</h2>
 *
 * <p>What a thread did before its out happens before what follows the take: the writer releases the
 * version, or what the waiter has received, and the taker acquires it. No field is read without the
 * lock but the version, the table and its slots, the final fields of a node and its head; see
 * {@link SeqLock} and {@link Stripe#find} for why that is right on any processor.
 *
 * <h2>Waiting</h2>
 *
 * <p>A waiter joins the line, stays awake for a {@link ShortWait}, then looks under the lock, marks
 * itself asleep in the same hold, and parks. A thread that serves or calls it does so under the
 * lock and unparks after it. Either that thread sees the waiter asleep, and unparks; or the waiter
 * will look, and see. There is no window between the two, and no park without such a look before
 * it; so permits that were consumed elsewhere, stale ones, and spurious wake-ups do no harm. {@link
 * Line} explains which waiter is woken when, and why none is forgotten or passed over for ever.
 *
 * <h2>Where there is no memory</h2>
 *
 * <p>A critical section asks for memory before it changes anything, or does without: an operation
 * that ends with OutOfMemoryError has not happened, and one that waits needs none. An operation
 * that would end with StackOverflowError does so before it begins.
 *
 * <h2>Rejected</h2>
 *
 * <p>What this costs is in docs/performance.md, compared with the peers; the alternatives below
 * were measured when it was chosen, by the same command.
 *
 * <ul>
 *   <li>A ReentrantLock and a HashMap in each stripe, two lines in each queue, which {@link
 *       CopyingQueues} is but for the map: 2 to 3 times as long for a pair. It also hands each
 *       entry to the first in line, one wake-up each: with 16 writers and 16 takers on one key it
 *       moved fewer than half as many entries as this when it was measured.
 *   <li>A ConcurrentHashMap with a lock in each queue: a queue that becomes idle must be marked
 *       dead before it is removed, and every caller be ready to find a dead one and start again.
 *       Removing a key and making it again costs 36 ns in the map alone, and its table never
 *       shrinks.
 *   <li>Lock-free queues: one that two threads use is 5 to 10 times slower than one that a single
 *       thread uses, since its cache lines go to and fro; a short lock with back-off lets one
 *       processor do many operations in a row.
 * </ul>
 *
 * <p>Known limits: keys of equal hash codes are searched one by one.
 *
 * @param <V> the type of the values
 */
final class KeyedQueues<V> {
  /** The number of stripes: a power of two, large enough that two busy keys seldom meet. */
  static final int STRIPES = 64;

  /** By how much to shift a hash, of which the upper bits choose the stripe. */
  static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(STRIPES);

  /** The number of attempts without the lock before a caller waits for it. */
  private static final int GLANCES = 16;

  /** Longer than a waiter spins, so that it parks. */
  static final Duration REHEARSED_WAIT = Duration.ofNanos(50_000);

  private static volatile boolean isRehearsed;

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Lifecycle lifecycle;

  /**
   * Whether the space is closed. Written while all stripes are locked. The lifecycle is closed a
   * moment earlier, when there may still be entries.
   */
  private volatile boolean closed;

  /**
   * The threads to wake at close. Allocated ahead: if close had no memory for it, the waiters would
   * never be woken.
   */
  private final Wakeups dueAtClose = new Wakeups();

  /**
   * Creates an engine that holds no keys.
   *
   * @param lifecycle of the handle; once it is closed, {@link #close} must follow
   */
  KeyedQueues(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
    if (!isRehearsed) {
      rehearse();
    }
  }

  /**
   * Goes through what happens to a caller in line, before there is one. A class is initialized, and
   * a VarHandle linked, when it is first used, which takes far more stack than a call asks for
   * ahead, and memory; if that failed, the caller would end with the error and stay in line, where
   * it would be given an entry that nobody gets. Leaves no trace.
   *
   * <p>No entry stands behind another here: whoever writes the first that does makes its {@link
   * Overflow} before anything has changed.
   */
  private void rehearse() {
    int hash = hash("k");
    Stripe stripe = stripe(hash);
    boolean isInterrupted = Thread.interrupted();
    try {
      Node node = newNode("in", "k", hash);
      Waiter taker = new Waiter(node, true);
      Waiter reader = new Waiter(node, false);
      join(stripe, taker, true);
      join(stripe, reader, false);
      put("k", asValue("handed over"));
      await("in", stripe, taker, Deadline.NEVER);
      await("rd", stripe, reader, Deadline.NEVER);
      take("k", Deadline.after(REHEARSED_WAIT));
      read("k", Deadline.after(REHEARSED_WAIT));
      Waiter interrupted = new Waiter(newNode("in", "k", hash), true);
      join(stripe, interrupted, true);
      leave(stripe, interrupted);
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

  boolean put(String key, V entry) {
    Tenacity.requireStack();
    int hash = hash(key);
    Stripe stripe = stripe(hash);
    Wakeups due;
    Node node = stripe.lock(key, hash);
    try {
      if (node == null) {
        if (closed) {
          return false;
        }
        stripe.add(new Node(key, hash, entry));
        return true;
      }
      Line line = node.line;
      if (line == null) {
        node.append(entry);
        return true;
      }
      due = new Wakeups();
      line.offer(entry, node, due);
      tidy(stripe, node, line);
    } finally {
      stripe.unlock();
    }
    due.deliver();
    return true;
  }

  @Nullable V poll(String operation, String key) {
    int hash = hash(key);
    Stripe stripe = stripe(hash);
    long seen = stripe.version();
    Node node = stripe.find(key, hash);
    if (head(node) != null || !stripe.isStill(seen)) {
      // Only here: a probe that finds nothing changes nothing, so it may end anywhere.
      Tenacity.requireStack();
      if (!stripe.tryLock(seen)) {
        stripe.lockAfterBackingOff();
        node = stripe.find(key, hash);
      }
      try {
        if (node != null && node.head() != null) {
          return removeHead(stripe, node);
        }
      } finally {
        stripe.unlock();
      }
    }
    requireValidAndOpen(operation, key);
    return null;
  }

  @Nullable V peek(String operation, String key) {
    int hash = hash(key);
    Stripe stripe = stripe(hash);
    long seen = stripe.version();
    Object head = head(stripe.find(key, hash));
    if (!stripe.isStill(seen)) {
      head = peekAgain(stripe, key, hash);
    }
    if (head == null) {
      requireValidAndOpen(operation, key);
    }
    return head == null ? null : asValue(head);
  }

  private static @Nullable Object peekAgain(Stripe stripe, String key, int hash) {
    Tenacity.requireStack();
    for (int i = 0; i < GLANCES; i++) {
      Thread.onSpinWait();
      long seen = stripe.version();
      Object head = head(stripe.find(key, hash));
      if (stripe.isStill(seen)) {
        return head;
      }
    }
    stripe.lock();
    try {
      return head(stripe.find(key, hash));
    } finally {
      stripe.unlock();
    }
  }

  @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    Tenacity.requireStack();
    int hash = hash(key);
    Stripe stripe = stripe(hash);
    Waiter waiter;
    Node node = stripe.lock(key, hash);
    try {
      if (node != null && node.head() != null) {
        return removeHead(stripe, node);
      }
      waiter = new Waiter(node == null ? newNode("in", key, hash) : node, true);
      join(stripe, waiter, node == null);
    } finally {
      stripe.unlock();
    }
    return await("in", stripe, waiter, deadline);
  }

  @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    V entry = peek("rd", key);
    if (entry != null) {
      return entry;
    }
    Tenacity.requireStack();
    int hash = hash(key);
    Stripe stripe = stripe(hash);
    Waiter waiter;
    Node node = stripe.lock(key, hash);
    try {
      Object head = head(node);
      if (head != null) {
        return asValue(head);
      }
      waiter = new Waiter(node == null ? newNode("rd", key, hash) : node, false);
      join(stripe, waiter, node == null);
    } finally {
      stripe.unlock();
    }
    return await("rd", stripe, waiter, deadline);
  }

  long count(String key) {
    Tenacity.requireStack();
    int hash = hash(key);
    Stripe stripe = stripe(hash);
    long count;
    stripe.lock();
    try {
      Node node = stripe.find(key, hash);
      count = node == null ? 0 : node.size();
    } finally {
      stripe.unlock();
    }
    if (count == 0) {
      requireValidAndOpen("len", key);
    }
    return count;
  }

  Set<String> names() {
    Tenacity.requireStack();
    Set<String> names = new HashSet<>();
    for (Stripe stripe : stripes) {
      List<String> some;
      stripe.lock();
      try {
        some = stripe.names();
      } finally {
        stripe.unlock();
      }
      names.addAll(some);
    }
    if (closed) {
      throw lifecycle.closed("keys", null);
    }
    return names;
  }

  /** Wakes all waiters and drops all entries. */
  void close() {
    int locked = 0;
    try {
      boolean isVirtual = VirtualThreads.includes(Thread.currentThread());
      for (Stripe stripe : stripes) {
        if (isVirtual) {
          stripe.lockSpinning();
        } else {
          stripe.lock();
        }
        locked++;
      }
      closed = true;
      for (Stripe stripe : stripes) {
        stripe.clear(dueAtClose);
      }
    } finally {
      for (int i = 0; i < locked; i++) {
        stripes[i].unlock();
      }
      dueAtClose.deliver();
    }
  }

  /** Makes the checks of a call that may wait, before it looks for an entry. */
  void requireUninterrupted(String operation, String key) throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      requireValidAndOpen(operation, key);
      Lifecycle.requireUninterrupted(operation, key);
    }
  }

  /** Makes the checks that a call which has found an entry passes by that. */
  private void requireValidAndOpen(String operation, String key) {
    Arguments.requireKey(key, Long.MAX_VALUE);
    if (closed) {
      throw lifecycle.closed(operation, key);
    }
  }

  /** Waits in line until it is served. Null if the deadline has passed: then it has left. */
  private @Nullable V await(String operation, Stripe stripe, Waiter waiter, Deadline deadline)
      throws InterruptedException {
    Object received;
    try {
      received = awaitServed(operation, stripe, waiter, deadline);
    } catch (Error e) {
      // Not expected, see above, unless the thread was stopped; but in line, it would be given an
      // entry that nobody gets.
      if (leave(stripe, waiter)) {
        throw e;
      }
      received = waiter.received();
    }
    if (received == Waiter.CLOSED) {
      throw lifecycle.closed(operation, waiter.node.key);
    }
    return received == null ? null : asValue(received);
  }

  private @Nullable Object awaitServed(
      String operation, Stripe stripe, Waiter waiter, Deadline deadline)
      throws InterruptedException {
    Object received = ShortWait.await(waiter);
    while (received == null) {
      if (Thread.interrupted()) {
        if (leave(stripe, waiter)) {
          throw Lifecycle.interrupted(operation, waiter.node.key);
        }
        waiter.thread.interrupt();
      } else {
        boolean stays = !deadline.hasPassed();
        if (look(stripe, waiter, stays)) {
          if (!stays) {
            return null;
          }
          deadline.park(this);
        }
      }
      received = waiter.received();
    }
    return received;
  }

  /**
   * Looks for an entry. True if there was none; then the waiter has left the line, unless it stays.
   */
  private static boolean look(Stripe stripe, Waiter waiter, boolean stays) {
    Wakeups due = waiter.due;
    boolean inVain;
    stripe.lock();
    try {
      if (waiter.received() != null) {
        return false;
      }
      Line line = Objects.requireNonNull(waiter.node.line);
      line.look(waiter, stays, due);
      inVain = waiter.received() == null;
      tidy(stripe, waiter.node, line);
    } finally {
      stripe.unlock();
    }
    due.deliver();
    return inVain;
  }

  /** Leaves the line without an entry. False if the waiter was served before it could leave. */
  private static boolean leave(Stripe stripe, Waiter waiter) {
    Wakeups due = waiter.due;
    stripe.lock();
    try {
      if (waiter.received() != null) {
        return false;
      }
      if (!waiter.inLine) {
        return true;
      }
      Line line = Objects.requireNonNull(waiter.node.line);
      line.leave(waiter, due);
      tidy(stripe, waiter.node, line);
    } finally {
      stripe.unlock();
    }
    due.deliver();
    return true;
  }

  /** Creates a node to wait at. */
  private Node newNode(String operation, String key, int hash) {
    if (closed) {
      throw lifecycle.closed(operation, key);
    }
    return new Node(key, hash, null);
  }

  private static void join(Stripe stripe, Waiter waiter, boolean isNew) {
    Node node = waiter.node;
    Line line = node.line == null ? new Line() : node.line;
    // From here on only add needs memory, before it changes anything.
    if (isNew) {
      stripe.add(node);
    }
    node.line = line;
    line.add(waiter);
  }

  /**
   * Forgets the line if it is empty, and then the key if it is idle. Called after waiters may have
   * left.
   */
  private static void tidy(Stripe stripe, Node node, Line line) {
    if (line.isEmpty()) {
      node.line = null;
      stripe.removeIfIdle(node);
    }
  }

  private V removeHead(Stripe stripe, Node node) {
    V entry = asValue(node.removeHead());
    stripe.removeIfIdle(node);
    return entry;
  }

  @SuppressWarnings("unchecked") // Nothing else was put in.
  private V asValue(Object entry) {
    return (V) entry;
  }

  Stripe stripe(int hash) {
    return stripes[hash >>> SHIFT];
  }

  /** The upper bits choose the stripe, the lower bits the slot. */
  static int hash(String key) {
    int hash = key.hashCode() * 0x9E3779B9; // golden ratio: similar keys go to different stripes
    return hash ^ (hash >>> 15);
  }

  private static @Nullable Object head(@Nullable Node node) {
    return node == null ? null : node.head();
  }
}
