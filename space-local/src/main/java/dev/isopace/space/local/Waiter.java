package dev.isopace.space.local;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A caller in the {@link Line} of a key. It stays in line until it is served, the space is closed,
 * or it gives up: whichever comes first under the lock of the stripe, and only that happens.
 * Guarded by that lock, except for what it has received.
 */
final class Waiter {
  /** What a waiter receives when the space is closed. */
  static final Object CLOSED = new Object();

  private static final VarHandle RECEIVED;

  static {
    try {
      RECEIVED = MethodHandles.lookup().findVarHandle(Waiter.class, "received", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Thread thread = Thread.currentThread();

  /**
   * The node of its key. While this waiter is in line, the node is in the table and has the line.
   */
  final Node node;

  /** Whether it is a taker, and not a reader. */
  final boolean takes;

  /**
   * The threads that this waiter wakes when it looks or leaves; used by its own thread alone.
   * Allocated before it stands in line: if it ended there for want of memory, it would be given
   * entries that no caller gets.
   */
  final Wakeups due = new Wakeups();

  /** Whether it is in line. */
  boolean inLine;

  /** Whether it has looked in vain and needs to be woken; otherwise it is going to look. */
  boolean sleeps;

  /** Whether a thread has promised to wake it, and it has not looked since. */
  boolean called;

  @Nullable Waiter previous;
  @Nullable Waiter next;

  @SuppressWarnings("unused") // By name.
  private @Nullable Object received;

  Waiter(Node node, boolean takes) {
    this.node = node;
    this.takes = takes;
  }

  /**
   * Returns what was received, or null. Acquires: what was done before the entry was written
   * happens before what follows.
   */
  @Nullable Object received() {
    return RECEIVED.getAcquire(this);
  }

  /**
   * Hands over an entry. Called once, under the lock, by the thread that takes the waiter from its
   * line.
   */
  void receive(Object entry) {
    RECEIVED.setRelease(this, entry);
  }
}
