package dev.isopace.space.local;

import dev.isopace.space.spi.Tenacity;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * Padding that keeps a lock off the cache lines of the object before it, which is usually another
 * lock.
 */
abstract class Padding {
  @SuppressWarnings("unused")
  private long a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7;
}

/**
 * A lock for a few instructions, and the number of times that it was held: subclasses hold what it
 * guards, so that lock and data share their cache lines.
 *
 * <p>The version is even while the lock is free and odd while it is held; it only grows. From this
 * follow two ways to look without the lock, at fields that are plain:
 *
 * <ul>
 *   <li>Look, then {@link #tryLock} with the version from before. If it succeeds, nobody has held
 *       the lock since: what was seen is still so. The CAS is ordered behind the holder before (its
 *       release was seen) and ahead of the next (whose CAS reads from this one), so these reads do
 *       not race at all.
 *   <li>Look, then ask {@link #isStill}. If it is, what was seen was so at the instant when the
 *       version was read. These reads do race, and are worth nothing until then.
 * </ul>
 *
 * <p>Access modes. {@link #version} is a volatile read: a reader sees all that holders up to that
 * version wrote, and it has its place in one order with the CAS that takes a lock and with what
 * else is volatile. An acquiring read would not do: of two threads that each write to one key and
 * then look for the other's, both could find nothing. {@link #unlock} releases. {@code tryLock} is
 * a CAS, which orders what follows behind its own read, but on some processors not behind its own
 * write: hence the store-store fence, without which a reader could see what the holder writes and
 * still the even version. Its partner is the acquire fence in {@code isStill}: a thread that has
 * read something that a holder wrote reads the version afterwards, and finds it odd or grown. An
 * opaque read is enough for that.
 *
 * <p>The lock knows no owner and no queue. A thread that does not get it spins for about the length
 * of many critical sections, which lets the processor that has the cache line do a batch of them;
 * then yields, since the holder may have been preempted (on a virtual thread this frees the
 * carrier); then sleeps, so that a long hold (a table that grows, close) is not paid for by all.
 * The sleep may consume a permit of the thread: therefore a thread that waits for an unpark looks
 * again, under the lock, before each park.
 *
 * <p>A virtual thread that holds such a lock must not leave its carrier; it takes another one by
 * {@link #lockSpinning}.
 */
abstract class SeqLock extends Padding {
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(SeqLock.class, "version", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int FIRST_SPINS = 16;

  /** The number of tries that spin, each twice as long as the one before. */
  private static final int SPINNING_TRIES = 6;

  private static final int YIELDING_TRIES = 16;
  private static final long SLEEP_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** Even while the lock is free. As a long it never returns to a value that somebody has seen. */
  private volatile long version;

  final long version() {
    return version;
  }

  /** Returns whether nobody held the lock when the version was read, nor has since. */
  final boolean isStill(long seen) {
    VarHandle.acquireFence();
    // One comparison for both: if it was held, this is the version before, which never returns.
    return (long) VERSION.getOpaque(this) == (seen & ~1L);
  }

  /** Takes the lock if nobody held it when the version was read, nor has since. */
  final boolean tryLock(long seen) {
    if (isFree(seen) && VERSION.compareAndSet(this, seen, seen + 1)) {
      VarHandle.storeStoreFence();
      return true;
    }
    return false;
  }

  final void lock() {
    if (!tryLock(version())) {
      lockAfterBackingOff();
    }
  }

  /** Takes the lock after backing off, because others have just been seen to want it. */
  final void lockAfterBackingOff() {
    int tries = 0;
    do {
      if (tries < SPINNING_TRIES) {
        for (int i = FIRST_SPINS << tries; i > 0; i--) {
          Thread.onSpinWait();
        }
      } else {
        Tenacity.yieldOrSpin();
        if (tries > SPINNING_TRIES + YIELDING_TRIES) {
          Tenacity.park(this, SLEEP_NANOS);
        }
      }
      tries++;
    } while (!tryLock(version()));
  }

  /** Takes the lock, for a virtual thread that holds another one: it only spins, on its carrier. */
  final void lockSpinning() {
    while (!tryLock(version())) {
      Thread.onSpinWait();
    }
  }

  final void unlock() {
    VERSION.setRelease(this, (long) VERSION.get(this) + 1); // Plain: only the holder writes.
  }

  private static boolean isFree(long version) {
    return (version & 1) == 0;
  }
}
